export { CLICKS_MAX, type Click, click, clicks } from "./click.ts";
export { type Command, command } from "./command.ts";
export { type ConsoleState, consoleState, severity } from "./console.ts";
export * from "./fields.ts";
export { type Figures, figures } from "./figures.ts";
export {
  type Alarm,
  alarm,
  alarmKind,
  type Estate,
  estate,
  type LiveDelta,
  type LiveFill,
  type LiveSnapshot,
  liveDelta,
  liveFill,
  liveSnapshot,
} from "./live.ts";
export { type Problem, problem } from "./problem.ts";
export {
  type Body,
  chainText,
  type Draft,
  type JournalRecord,
  LINE_BYTES_MAX,
  parseRecord,
  RecordFailure,
  record,
  type StreamName,
  streams,
} from "./record.ts";
export {
  type Digest,
  REQUEST_LIFE_S,
  REQUEST_TAG,
  type RequestToSign,
  signatureBase,
  signRequest,
} from "./request.ts";
export {
  CLOCK_WINDOW_S,
  type RequestFault,
  type RequestToVerify,
  type RequestVerdict,
  verifyRequest,
} from "./request-verdict.ts";
export {
  type BrokerStatus,
  brokerStatus,
  type ResearchStatus,
  researchStatus,
  type Status,
  sessionStatus,
  status,
} from "./status.ts";
export { defineStream, type Stream } from "./stream.ts";
export { type Witnessing, witnessing, witnessWords } from "./witnessing.ts";
