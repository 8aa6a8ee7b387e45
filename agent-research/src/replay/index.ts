export {
  ReplayFailure,
  type ReplayOptions,
  replayFile,
  replaySegments,
  type SegmentReplay,
  type SegmentsReplay,
} from "./replay-file.ts";
