import {
  type Bytes,
  BytesFailure,
  base64,
  concat,
  type Sha256,
  sha256,
  utf8,
  utf8Text,
} from "@believe/shared/base";
import { minuteText } from "../fields.ts";
import { parseHash } from "./checkpoint.ts";
import { LogFailure } from "./failure.ts";
import { leafHash, rootOf } from "./merkle.ts";
import { parseCount } from "./number.ts";

const LEAF_HEAD = "believe/leaf/v1";
const RECORD_PREFIX = utf8("believe/record/v1\n");
/** What a commitment is taken of, written again for each record: no hash keeps its input. */
const recordInput = concat(RECORD_PREFIX, new Uint8Array(8 * 1024));
const LEAF_PREFIX = utf8(`${LEAF_HEAD}\n`);
/** Length of a leaf's salt in bytes. */
export const SALT_BYTES = 16;

/** One minute of a journal, as the log's entry states it. It says nothing of how many records it holds. */
export interface Leaf {
  readonly origin: string;
  /** Index of this entry in the log. */
  readonly index: number;
  /** UTC minute, e.g. "2024-01-09T14:20Z"; of the tape in a played one. */
  readonly minute: string;
  /** `cut`: sealed before the minute ended; the next leaf may have the same minute. */
  readonly closed: "whole" | "cut";
  /** `saltedRoot` of the minute's records, 32 bytes. */
  readonly root: Bytes;
}

/** Six lines joined by LF, none at the end: the bytes of the log's entry. */
export function leafText(leaf: Leaf): string {
  return [
    LEAF_HEAD,
    leaf.origin,
    String(leaf.index),
    leaf.minute,
    leaf.closed,
    base64(leaf.root),
  ].join("\n");
}

/** Parses a log entry and refuses every form that `leafText` would not write. */
export function parseLeaf(entry: Uint8Array): Leaf {
  const lines = textOf(entry).split("\n");
  const [head, origin = "", index = "", minute = "", closed, root = ""] = lines;
  const wellClosed = closed === "whole" || closed === "cut";
  if (lines.length !== 6 || head !== LEAF_HEAD || origin === "" || !wellClosed) {
    throw notALeaf();
  }
  if (!minuteText.safeParse(minute).success) throw notALeaf();
  return {
    origin,
    index: parseCount(index, "a leaf index"),
    minute,
    closed,
    root: parseHash(root),
  };
}

function notALeaf(): LogFailure {
  return new LogFailure("not-a-leaf", "expected the six lines of a minute leaf, was another entry");
}

function textOf(entry: Uint8Array): string {
  try {
    return utf8Text(entry);
  } catch (cause) {
    if (!(cause instanceof BytesFailure)) throw cause;
    throw notALeaf();
  }
}

/** SHA-256("believe/record/v1" LF ‖ the line's exact bytes, without its line feed). */
export function commitmentOf(line: Uint8Array, hash: Sha256 = sha256): Bytes {
  const length = RECORD_PREFIX.length + line.length;
  if (length > recordInput.length) return hash(concat(RECORD_PREFIX, line));
  recordInput.set(line, RECORD_PREFIX.length);
  return hash(recordInput.subarray(0, length));
}

/** SHA-256("believe/leaf/v1" LF ‖ 16-byte salt ‖ RFC 6962 root over the commitments as entries). */
export function saltedRoot(
  salt: Uint8Array,
  commitments: readonly Uint8Array[],
  hash: Sha256 = sha256,
): Bytes {
  if (salt.length !== SALT_BYTES) {
    throw new LogFailure("malformed", `expected a 16-byte leaf salt, was ${salt.length} bytes`);
  }
  const root = rootOf(
    commitments.map((commitment) => leafHash(commitment, hash)),
    hash,
  );
  return saltRoot(salt, root, hash);
}

/** SHA-256("believe/leaf/v1" LF ‖ 16-byte salt ‖ the minute's RFC 6962 root). */
export function saltRoot(salt: Uint8Array, root: Uint8Array, hash: Sha256 = sha256): Bytes {
  return hash(concat(LEAF_PREFIX, salt, root));
}
