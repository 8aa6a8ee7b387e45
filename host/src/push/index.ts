export { PushFailure, type PushFailureCode } from "./failure.ts";
export type { MirrorAnswer, MirrorClient } from "./mirror-client.ts";
export { Pusher, type PusherOptions, type PushState } from "./pusher.ts";
