import { base64, type Sha256, sameBytes, type Verify } from "@believe/shared/base";
import type { Checkpoint } from "./checkpoint.ts";
import { claimOf } from "./followed-keys.ts";
import { placed, placedAsync, tampered } from "./log-source.ts";
import { openNote, parseNote, parseVkey } from "./note.ts";
import { rootAt } from "./rebuild.ts";
import type { ServedFork, ServedForks } from "./served-forks.ts";
import type { HashTree } from "./tree.ts";
import { openUnfreeze, parseUnfreeze, UNFREEZE_BYTES_MAX, type Unfreeze } from "./unfreeze.ts";

/** A fork that the log's operator ended: both histories were signed by the log's key, one of them is void. */
export interface CheckedFork {
  /** Size of the checkpoint that is void. */
  readonly size: number;
  readonly unfreeze: Unfreeze;
  /** Whether the operator's key is known here, so that its signature could be checked. */
  readonly isChecked: boolean;
}

export interface ForkGround {
  readonly origin: string;
  /** Every key that the log had. */
  readonly vkeys: readonly string[];
  /** The operator's verifier key, null where it is not known. */
  readonly operator: string | null;
  readonly tree: HashTree;
  readonly hash: Sha256;
  readonly verify: Verify;
}

/**
 * Checks the forks that a mirror keeps: the evidence, and the operator's word on which history goes on, which must be
 * the one that is served. A fork without that word is a finding: nobody knows which history is true.
 */
export async function checkForks(served: ServedForks, ground: ForkGround): Promise<CheckedFork[]> {
  if (served.origin !== ground.origin) {
    throw tampered("forks", `expected forks of ${ground.origin}, was of ${served.origin}`);
  }
  const checked: CheckedFork[] = [];
  for (const [i, fork] of served.forks.entries()) {
    checked.push(await checkFork(fork, `forks/${i}`, ground));
  }
  return checked;
}

/** A fork in the words of a finding. */
export function forkText({ cosigned, other }: ServedFork, place: string): string {
  const text = ({ size, root }: Checkpoint): string => `size ${size} root ${base64(root)}`;
  const first = cosigned === null ? "an empty log" : text(claimOf(cosigned, place));
  return `${first} and ${text(claimOf(other, place))}`;
}

async function checkFork(
  fork: ServedFork,
  place: string,
  ground: ForkGround,
): Promise<CheckedFork> {
  const { tree, hash } = ground;
  const voided = await signedByLog(fork.other, place, ground);
  if (isOfLog(voided, ground)) {
    throw tampered(
      place,
      `expected a checkpoint that contradicts the log, was its own at ${voided.size}`,
    );
  }
  if (fork.cosigned !== null) {
    const stands = await signedByLog(fork.cosigned, place, ground);
    if (!isOfLog(stands, ground)) {
      throw tampered(place, `expected the root at ${stands.size} leaves as cosigned, was another`);
    }
  }
  if (fork.unfrozen === null) {
    throw tampered(
      place,
      `expected the operator's word on which history goes on, was none: ${forkText(fork, place)}`,
    );
  }
  const unfreeze = await unfreezeOf(fork.unfrozen, place, ground);
  if (unfreeze.size > tree.size || !sameBytes(rootAt(tree, unfreeze.size, hash), unfreeze.root)) {
    throw tampered(
      place,
      `expected the log to go on from size ${unfreeze.size} as unfrozen, was another history`,
    );
  }
  if (unfreeze.otherRoot !== null && !sameBytes(unfreeze.otherRoot, voided.root)) {
    throw tampered(place, "expected the operator's word on this fork, was on another");
  }
  return { size: voided.size, unfreeze, isChecked: ground.operator !== null };
}

function isOfLog({ size, root }: Checkpoint, { tree, hash }: ForkGround): boolean {
  return size <= tree.size && sameBytes(rootAt(tree, size, hash), root);
}

async function unfreezeOf(
  note: string,
  place: string,
  { origin, operator, verify }: ForkGround,
): Promise<Unfreeze> {
  if (operator !== null) {
    return await placedAsync(place, () => openUnfreeze(note, { origin, operator }, verify));
  }
  const unfreeze = placed(place, () => parseUnfreeze(parseNote(note, UNFREEZE_BYTES_MAX).text));
  if (unfreeze.origin === origin) return unfreeze;
  throw tampered(place, `expected an unfreeze of ${origin}, was of ${unfreeze.origin}`);
}

/** Only the log's own key can contradict itself: anybody else's checkpoint is no evidence. */
async function signedByLog(
  note: string,
  place: string,
  { origin, vkeys, verify }: ForkGround,
): Promise<Checkpoint> {
  const named = new Set(placed(place, () => parseNote(note)).signatures.map(({ keyId }) => keyId));
  const by = vkeys.find((vkey) => named.has(parseVkey(vkey).keyId));
  if (by === undefined) throw tampered(place, `expected a checkpoint by ${origin}, was none`);
  await placedAsync(place, () => openNote(note, by, verify));
  const claim = claimOf(note, place);
  if (claim.origin === origin) return claim;
  throw tampered(place, `expected a checkpoint of ${origin}, was of ${claim.origin}`);
}
