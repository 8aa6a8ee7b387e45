import { type Bytes, BytesFailure, base64, fromBase64 } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import { parseCount } from "./number.ts";

/** A tree head as C2SP tlog-checkpoint writes it. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Bytes;
}

/** The note text of a checkpoint: three lines, each with its line feed. We write no extension lines. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${base64(checkpoint.root)}\n`;
}

function malformed(expected: string): LogFailure {
  return new LogFailure("malformed", `expected ${expected}, was other text`);
}

/** A line of a proof or checkpoint: base64 of exactly 32 bytes. */
export function parseHash(line: string): Bytes {
  try {
    const hash = fromBase64(line);
    if (hash.length === 32) return hash;
  } catch (cause) {
    if (!(cause instanceof BytesFailure)) throw cause;
  }
  throw malformed("base64 of a 32-byte hash");
}

/** Parses a checkpoint's note text. Extension lines are opaque: signed, not looked at. */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw malformed("a checkpoint that ends in a line feed");
  const lines = text.slice(0, -1).split("\n");
  const [origin = "", size = "", root = ""] = lines;
  if (lines.length < 3 || lines.includes("")) {
    throw malformed("a checkpoint of at least three lines, none empty");
  }
  return { origin, size: parseCount(size, "a tree size"), root: parseHash(root) };
}
