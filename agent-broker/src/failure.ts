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
  /** A log cannot be without its key: it is replaced, never only retired. */
  | "key-fixed"
  /** What a person asked is not to be done; the sentence says why. */
  | "refused"
  /** The agent that runs did not answer a person's request. */
  | "no-answer"
  /** The journal has begun, and the key that it began with is not there. */
  | "key-missing"
  /** Another journal key than the log's newest one. */
  | "key-differs"
  /** Others do not hold what the old key signed, or take nothing of the next one. */
  | "not-held"
  /** What the operator asked to let stand is not what this disk holds, or not what he meant. */
  | "not-ours"
> {}
