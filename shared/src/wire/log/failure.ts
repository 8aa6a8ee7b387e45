import { Failure } from "@believe/shared/base";

export type LogFailureCode =
  | "malformed"
  | "too-large"
  | "unknown-key"
  | "bad-signature"
  | "bad-proof"
  | "not-a-leaf"
  | "not-this-leaf"
  | "missing-hash"
  /** A served file contradicts another one or a signature; `facts.place` names it. */
  | "tampered";

/** Bytes of a log, a note or an opening that are not what they claim to be. */
export class LogFailure extends Failure<LogFailureCode> {}
