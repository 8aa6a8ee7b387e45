export { PushFailure, type PushFailureCode } from "./failure.ts";
export type { MirrorAnswer, MirrorClient } from "./mirror-client.ts";
export { openingOf, showsAll } from "./opening-of.ts";
export { type Fate, OpeningQueue, type Opens } from "./opening-queue.ts";
export { ProgressFile } from "./progress.ts";
export { Pusher, type PusherOptions, type PushState } from "./pusher.ts";
export type { Covered, WitnessPost, WitnessState } from "./witness-link.ts";
