import type { Sha256 } from "@believe/shared/base";
import { BytesFailure, sameBytes, utf8Text } from "@believe/shared/base";
import { z } from "zod";
import { count, hashBase64, minuteText } from "../fields.ts";
import { forkText } from "./checked-forks.ts";
import { parseHash } from "./checkpoint.ts";
import type { KnownKeys } from "./known-keys.ts";
import { type LogSource, placed, tampered } from "./log-source.ts";
import { parseVkey } from "./note.ts";
import type { OpenedLog } from "./opened-days.ts";
import { type RebuiltLog, rootAt } from "./rebuild.ts";
import type { ServedForks } from "./served-forks.ts";

const PLACE = "state";
const state = z.object({
  origin: z.string().min(1).max(128),
  witness: z.string().min(1).max(256),
  size: count,
  root: hashBase64,
  minute: minuteText.nullable(),
  records: count,
  openedLeaves: count,
  frozen: z.string().nullable(),
  /** How many forks it keeps; an older mirror does not say. */
  forks: count.optional(),
});

/** What the mirror says of its log, unsigned: `GET …/state`. */
export type ServedState = z.infer<typeof state>;

/** Reads the mirror's own summary; null where it serves none (a mirrored folder may leave it out). */
export async function readState(source: LogSource): Promise<ServedState | null> {
  const bytes = await source.get(PLACE);
  if (bytes === null) return null;
  try {
    return state.parse(JSON.parse(utf8Text(bytes)));
  } catch (cause) {
    const refused = cause instanceof z.ZodError || cause instanceof SyntaxError;
    if (!refused && !(cause instanceof BytesFailure)) throw cause;
    throw tampered(PLACE, "expected the mirror's summary of its log, was other text", cause);
  }
}

/** A mirror that has seen its log sign two histories says so and takes nothing more. */
export function expectNotFrozen({ frozen }: ServedState, forks: ServedForks | null): void {
  if (frozen === null) return;
  const open = forks?.forks.findLast(({ unfrozen }) => unfrozen === null);
  const which = open === undefined ? "" : ` (${forkText(open, "forks")})`;
  throw tampered(PLACE, `expected a log that goes on, was frozen: ${frozen}${which}`);
}

/** Holds the summary to the keys and to the log that was rebuilt; it was read before the checkpoint. */
export function checkState(
  said: ServedState,
  log: RebuiltLog,
  about: { readonly origin: string; readonly keys: KnownKeys; readonly hash: Sha256 },
): void {
  if (said.origin !== about.origin) {
    throw tampered(PLACE, `expected origin ${about.origin}, was ${said.origin}`);
  }
  const witness = placed(PLACE, () => parseVkey(said.witness));
  const near = about.keys.witnesses.find(
    ({ name, keyId }) => name === witness.name || keyId === witness.keyId,
  );
  if (near !== undefined && near.vkey !== said.witness) {
    throw tampered(PLACE, `expected the witness key ${near.vkey}, was ${said.witness}`);
  }
  if (said.size > log.tree.size) {
    throw tampered(PLACE, `expected at most ${log.tree.size} leaves, was ${said.size}`);
  }
  const root = placed(PLACE, () => parseHash(said.root));
  if (!sameBytes(root, rootAt(log.tree, said.size, about.hash))) {
    throw tampered(PLACE, `expected the root at ${said.size} leaves, was another`);
  }
  const minute = log.order.leaves[said.size - 1]?.minute ?? null;
  if (said.minute !== minute) {
    throw tampered(PLACE, `expected minute ${minute}, was ${said.minute}`);
  }
}

/** What was opened lies between what the mirror said before and after we read it. */
export function checkCounts(before: ServedState, opened: OpenedLog, after: ServedState): void {
  for (const [what, is] of [
    ["openedLeaves", opened.leaves],
    ["records", opened.records],
  ] as const) {
    if (is >= before[what] && is <= after[what]) continue;
    const said = before[what] === after[what] ? before[what] : `${before[what]} to ${after[what]}`;
    throw tampered(PLACE, `expected ${said} ${what} as the mirror counts, was ${is}`);
  }
}
