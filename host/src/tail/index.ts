export { FolderTailer, type FolderTailerOptions } from "./folder-tailer.ts";
export { Quarantine, type Refusal } from "./quarantine.ts";
export type { Series } from "./series.ts";
export { readStateFile, writeStateFile } from "./state-file.ts";
export { TailFailure } from "./tail-failure.ts";
export { type TailState, tailState } from "./tail-state.ts";
export {
  LONGEST_LINE_BYTES,
  type Rewrite,
  type TailConsumer,
  Tailer,
  type TailerOptions,
} from "./tailer.ts";
