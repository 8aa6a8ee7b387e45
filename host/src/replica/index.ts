export { ReplicaFailure } from "./failure.ts";
export {
  openPart,
  PART_BYTES_MAX,
  type Part,
  type PartName,
  type PartSeries,
  parsePartName,
  partName,
  partSeries,
  readPart,
  signPart,
} from "./part.ts";
export {
  type ReplicaChunk,
  type ReplicaList,
  type ReplicaRead,
  readAnswer,
  replicaChunk,
  replicaList,
  replicaRead,
} from "./wire.ts";
