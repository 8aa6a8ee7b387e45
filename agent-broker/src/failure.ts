import { Failure } from "@believe/shared/base";

/** What the broker agent may refuse: each code is one clear sentence on stderr and a non-zero exit. */
export class BrokerFailure extends Failure<
  | "bad-arguments"
  | "corrupt-state"
  | "genesis-differs"
  | "capture-disagrees"
  | "missing-feed"
  /** A provider that nobody knows, or that is planned only. */
  | "no-such-provider"
  | "port-taken"
  /** This disk is behind what was signed, and what is missing cannot be had. */
  | "cannot-recover"
  /** This disk and what was signed cannot both be true. */
  | "record-differs"
  | "key-retired"
  /** A key that is never replaced. */
  | "key-fixed"
  /** What a person asked is not to be done; the sentence says why. */
  | "refused"
  /** The agent that runs did not answer a person's request. */
  | "no-answer"
> {}
