import { type Bytes, base64 } from "@believe/shared/base";
import { parseHash } from "./checkpoint.ts";
import { LogFailure } from "./failure.ts";
import { NOTE_BYTES_MAX } from "./note.ts";
import { parseCount } from "./number.ts";

/** Longest body that is parsed: a note and 63 proof lines. */
export const ADD_CHECKPOINT_BYTES_MAX = NOTE_BYTES_MAX + 64 * 45 + 32;
const PROOF_LINES_MAX = 63;

/** The body of C2SP tlog-witness `add-checkpoint`. */
export interface AddCheckpoint {
  readonly oldSize: number;
  readonly proof: readonly Bytes[];
  readonly note: string;
}

export function formatAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  return `old ${oldSize}\n${proof.map((hash) => `${base64(hash)}\n`).join("")}\n${note}`;
}

/** Parses the body; the note in it is still unverified text. */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf("\n\n");
  if (end < 0 || !body.startsWith("old ")) {
    throw new LogFailure(
      "malformed",
      "expected an old size line, proof lines, an empty line and a checkpoint, was other text",
    );
  }
  const [old = "", ...lines] = body.slice(0, end).split("\n");
  if (lines.length > PROOF_LINES_MAX) {
    throw new LogFailure(
      "malformed",
      `expected at most ${PROOF_LINES_MAX} proof lines, was ${lines.length}`,
    );
  }
  return {
    oldSize: parseCount(old.slice(4), "an old size"),
    proof: lines.map(parseHash),
    note: body.slice(end + 2),
  };
}
