export { decodeEvent, encodeEvent } from "./capture.ts";
export { EventCursor, type EventView } from "./cursor.ts";
export { DecisionChain, FIRST_TIP } from "./decision-chain.ts";
export { createEngine, Engine, type EngineOptions } from "./engine.ts";
export type { ClockEvent, EngineEvent, FreshnessEvent, ResumeEvent } from "./event.ts";
export { EngineFailure } from "./failure.ts";
export { foldJournal, type JournalFold } from "./fold.ts";
export type { Sink } from "./records.ts";
export { CaptureReplay, type ReplayOptions, type ReplayResult, replayCapture } from "./replay.ts";
export { type ResumeSettings, resumeEvent } from "./resume.ts";
export {
  type ConnectionState,
  connectionState,
  type ResumeState,
  resumeState,
  type VenueTraits,
  venueTraits,
} from "./resume-state.ts";
export type { EngineStatus } from "./status.ts";
