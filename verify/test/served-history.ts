import { nodeSha256, signerOf } from "@believe/host/keys";
import { type Bytes, utf8 } from "@believe/shared/base";
import {
  checkpointText,
  cosign,
  rootAt,
  type ServedFork,
  type Signer,
  signKeyChange,
  signNote,
  signUnfreeze,
} from "@believe/shared/wire/log";
import { estateKeys, ORIGIN, ServedLog } from "./served-log.ts";
import { plans } from "./tamperings/plans.ts";

/** Size at which the log changed its key, and at which it was forked before. */
export const KEY_CHANGE_SIZE = 300;
export const FORK_SIZE = 200;
export const OTHER_ROOT = new Uint8Array(32).fill(5);
export const REASON = "a copy of the disk ran beside it";

/** The key that the log has since it changed. */
export const changedKey = signerOf(ORIGIN, new Uint8Array(32).fill(4));
const keys = estateKeys(1);

export function keyChangesText(changes: readonly string[]): string {
  return JSON.stringify({ v: 1, origin: ORIGIN, changes });
}

export function forksText(forks: readonly ServedFork[]): string {
  return JSON.stringify({ v: 1, origin: ORIGIN, forks });
}

/** A change at `KEY_CHANGE_SIZE`, as both keys sign it. */
export function changeOfKey(log: ServedLog, old: Signer, next: Signer): Promise<string> {
  const root = rootAt(log.tree, KEY_CHANGE_SIZE, nodeSha256);
  return signKeyChange({ origin: ORIGIN, size: KEY_CHANGE_SIZE, root }, old, next);
}

/** Two checkpoints of `FORK_SIZE`: the log's own, cosigned, and one of another root by `by`. */
export async function otherHistory(log: ServedLog, by: Signer, otherRoot: Bytes = OTHER_ROOT) {
  const root = rootAt(log.tree, FORK_SIZE, nodeSha256);
  const text = checkpointText({ origin: ORIGIN, size: FORK_SIZE, root });
  const line = await cosign(text, keys.witness, 1_704_842_000);
  const other = checkpointText({ origin: ORIGIN, size: FORK_SIZE, root: otherRoot });
  return {
    cosigned: (await signNote(text, keys.journal)) + line,
    other: await signNote(other, by),
  };
}

export function unfreezeOf(log: ServedLog, operator: Signer, stands?: Bytes): Promise<string> {
  const root = stands ?? rootAt(log.tree, FORK_SIZE, nodeSha256);
  const about = { origin: ORIGIN, size: FORK_SIZE, root, otherRoot: OTHER_ROOT, reason: REASON };
  return signUnfreeze(about, operator);
}

/** 600 leaves of a log that was forked once, unfrozen, and later changed its key. */
export async function historicLog(): Promise<ServedLog> {
  const log = await ServedLog.of(plans());
  const unfrozen = await unfreezeOf(log, keys.operator);
  const fork = { size: FORK_SIZE, ...(await otherHistory(log, keys.journal)), unfrozen };
  log.files.set("forks", utf8(forksText([fork])));
  const change = await changeOfKey(log, keys.journal, changedKey);
  log.files.set("key-changes", utf8(keyChangesText([change])));
  await log.sign(undefined, undefined, changedKey);
  return log;
}
