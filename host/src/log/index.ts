export { type Facts, type Log, type LogEvent, type LogOptions, makeLog } from "./log.ts";
export { sentenceOf } from "./sentence.ts";
