import { nodeSha256 } from "@believe/host/keys";
import type { SealedLeaf } from "@believe/host/spool";
import type { Wal } from "@believe/host/wal";
import { type Bytes, fromBase64, sameBytes, utf8 } from "@believe/shared/base";
import {
  checkOpening,
  commitmentOf,
  LogFailure,
  openingHeader,
  parseLeaf,
  saltedRoot,
} from "@believe/shared/wire/log";

/** What an opening gives back: its lines with the number of the first, the salt, and how many records there are. */
export interface OpenedLeaf {
  readonly salt: Bytes;
  readonly firstSeq: number | null;
  readonly lines: readonly string[];
  /** Records that stay closed: their lines must come from elsewhere. */
  readonly closed: number;
}

/** Reads an opening of the leaf with this text; null when it recomputes another one. */
export function openedLeaf(text: string, leafText: string): OpenedLeaf | null {
  try {
    const { lines, closed, firstSeq } = checkOpening(text, parseLeaf(utf8(leafText)), nodeSha256);
    const head = openingHeader(text);
    return head === null ? null : { salt: fromBase64(head.salt), firstSeq, lines, closed };
  } catch (failure) {
    if (failure instanceof LogFailure) return null;
    throw failure;
  }
}

/** The row of a leaf from its text alone: what remains when nobody has its salt and records. */
export function bareLeaf(text: string, firstSeq: number): SealedLeaf {
  const { index, minute, closed } = parseLeaf(utf8(text));
  return { index, minute, closed, salt: null, firstSeq, count: 0, text };
}

/** Whether the journal's lines recompute the leaf: only then it can be opened. */
export function recomputes(leaf: SealedLeaf, wal: Pick<Wal, "records" | "durableSeq">): boolean {
  const end = leaf.firstSeq + leaf.count;
  if (leaf.salt === null || end > wal.durableSeq) return false;
  const commitments: Bytes[] = [];
  if (leaf.count > 0) {
    for (const { seq, line } of wal.records(leaf.firstSeq)) {
      commitments.push(commitmentOf(utf8(line), nodeSha256));
      if (seq === end - 1) break;
    }
  }
  return sameBytes(saltedRoot(leaf.salt, commitments, nodeSha256), parseLeaf(utf8(leaf.text)).root);
}
