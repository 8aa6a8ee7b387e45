/** What it takes to check a served log or a proof of one record: the verifier and the page about it use the same. */

export { type CheckedFork, checkForks, forkText } from "./checked-forks.ts";
export {
  type EntryProofReport,
  type EntryToProve,
  formatEntryProof,
  verifyEntryProof,
} from "./entry-proof.ts";
export { checkKeyChanges, claimOf, type FollowedKeys, followKeys } from "./followed-keys.ts";
export {
  fingerprintOf,
  type KnownKey,
  type KnownKeys,
  knownKeys,
  parseKeysFile,
} from "./known-keys.ts";
export type { MinuteGap } from "./leaf-order.ts";
export type { LogSource, VerifyTools } from "./log-source.ts";
export type { OpenedLeaf, OpenedLog } from "./opened-days.ts";
export { type ClosedRecord, OpeningRule } from "./opening-rule.ts";
export {
  keysOfPin,
  NO_PINS,
  type PinnedLog,
  type Pins,
  parsePins,
  pinned,
  pinOf,
  pinsText,
  servedKeys,
} from "./pins.ts";
export { type RebuiltLog, rebuildLog, rootAt } from "./rebuild.ts";
export { parseForks, readForks, type ServedFork, type ServedForks } from "./served-forks.ts";
export { readState, type ServedState } from "./served-state.ts";
export { type CheckedCheckpoint, noteOrigin, openCheckpoint } from "./signed-checkpoint.ts";
export { formatTlogProof, parseTlogProof, type TlogProof } from "./tlog-proof.ts";
export {
  findingOf,
  type LogReport,
  type VerifyOptions,
  type VerifyOutcome,
  type VerifyProgress,
  verifyLog,
} from "./verify-log.ts";
