import { type Bytes, base64, fromBase64 } from "@believe/shared/base";
import { parseHash } from "./checkpoint.ts";
import { LogFailure } from "./failure.ts";
import { parseCount } from "./number.ts";

const HEAD = "c2sp.org/tlog-proof@v1";
/** Longest proof file that is looked at, in characters; ours stay below 70 kB. */
export const PROOF_CHARS_MAX = 256 * 1024;
/** A tree of 2^63 leaves has no longer path. */
const PATH_MAX = 63;

/** C2SP tlog-proof: that an entry lies in a log, as one text that is checked offline. */
export interface TlogProof {
  /** Opaque to the format and not authenticated by it; null where the file has none. */
  readonly extra: Bytes | null;
  readonly index: number;
  /** RFC 6962 audit path, from the leaf's sibling up. */
  readonly path: readonly Bytes[];
  /** The signed checkpoint, verbatim. */
  readonly note: string;
}

export function formatTlogProof({ extra, index, path, note }: TlogProof): string {
  const lines = [HEAD];
  if (extra !== null) lines.push(`extra ${base64(extra)}`);
  lines.push(`index ${index}`, ...path.map((hash) => base64(hash)), "");
  return `${lines.join("\n")}\n${note}`;
}

/** Parses a proof file and refuses every form that `formatTlogProof` would not write. Nothing is verified. */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf("\n\n");
  if (text.length > PROOF_CHARS_MAX || !text.startsWith(`${HEAD}\n`) || end < 0) {
    throw new LogFailure("malformed", `expected a proof of the form ${HEAD}, was other text`);
  }
  const [, ...lines] = text.slice(0, end).split("\n");
  const extra = lines[0]?.startsWith("extra ") ? fromBase64(lines.shift()?.slice(6) ?? "") : null;
  const index = /^index (\d+)$/.exec(lines.shift() ?? "")?.[1] ?? "";
  if (lines.length > PATH_MAX) {
    throw new LogFailure("malformed", `expected at most ${PATH_MAX} hashes, was ${lines.length}`);
  }
  return {
    extra,
    index: parseCount(index, "an index line"),
    path: lines.map(parseHash),
    note: text.slice(end + 2),
  };
}
