export { type ActOutcome, type ActRefusal, actAnswer, openedAct } from "./act-outcome.ts";
export {
  ADD_CHECKPOINT_BYTES_MAX,
  type AddCheckpoint,
  formatAddCheckpoint,
  parseAddCheckpoint,
} from "./add-checkpoint.ts";
export {
  type AddOutcome,
  type AddRefusal,
  addAnswer,
  type KnownLog,
  openAddCheckpoint,
  type TrustedAdd,
} from "./add-outcome.ts";
export { type Checkpoint, checkpointText, parseCheckpoint, parseHash } from "./checkpoint.ts";
export { cosign, openCosignature } from "./cosignature.ts";
export {
  COSIGNATURES_BYTES_MAX,
  type CosignatureLine,
  CosignatureShelf,
  type CosignatureState,
  type CosignatureStorage,
  type CosignaturesOutcome,
  type CosignedCheckpoint,
  NO_COSIGNATURES,
  parseCosignatureLines,
} from "./cosignatures.ts";
export { LogFailure, type LogFailureCode } from "./failure.ts";
export { type KeySpan, keyChain, openKeyChanges } from "./key-chain.ts";
export {
  formatKeyChange,
  KEY_CHANGE_BYTES_MAX,
  type KeyChange,
  openKeyChange,
  readKeyChange,
  signKeyChange,
} from "./key-change.ts";
export {
  commitmentOf,
  type Leaf,
  leafText,
  parseLeaf,
  SALT_BYTES,
  saltedRoot,
} from "./leaf.ts";
export {
  completeSizes,
  emptyRoot,
  Frontier,
  leafHash,
  nodeHash,
  rootOf,
} from "./merkle.ts";
export { LogMirror, type MirrorOptions } from "./mirror.ts";
export {
  EMPTY_MIRROR,
  type Fork,
  type ForkEvidence,
  frontierBytes,
  hashesOf,
  type MirrorBlobs,
  type MirrorState,
  type MirrorStorage,
  type Slot,
  type StoredOpening,
} from "./mirror-storage.ts";
export {
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  isKeyName,
  keyIdOf,
  NOTE_BYTES_MAX,
  type Note,
  type NoteSignature,
  openNote,
  parseNote,
  parseVkey,
  type Signer,
  signNote,
  type VerifierKey,
  vkeyOf,
} from "./note.ts";
export {
  type CheckedOpening,
  checkOpening,
  OPENING_BYTES_MAX,
  type Opening,
  type OpeningItem,
  openingHeader,
  openingRecords,
  openingText,
  openRecords,
  widens,
} from "./opening.ts";
export type { OpenOutcome } from "./opening-shelf.ts";
export {
  cosignersNeeded,
  formatPolicy,
  isWitnessed,
  type OpenedCheckpoint,
  openWithPolicy,
  type Policy,
  type PolicyLog,
  type PolicyWitness,
  parsePolicy,
  quorumReached,
} from "./policy.ts";
export {
  consistencyProof,
  type HashAt,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from "./proof.ts";
export { DOCUMENT_BYTES_MAX, openDocument, signDocument } from "./signed-document.ts";
export {
  BUNDLE_BYTES_MAX,
  bundleOf,
  bundlesFor,
  parseBundle,
  parseTilePath,
  TILE_WIDTH,
  type TileName,
  tileOf,
  tilePath,
  tilesFor,
  widthAt,
} from "./tile.ts";
export { type PutOutcome, TILES_AHEAD } from "./tile-shelf.ts";
export { HashTree } from "./tree.ts";
export {
  formatUnfreeze,
  openUnfreeze,
  operatorName,
  signUnfreeze,
  UNFREEZE_BYTES_MAX,
  type Unfreeze,
} from "./unfreeze.ts";
export type { UnopenedHour } from "./unopened.ts";
export * from "./verification.ts";
