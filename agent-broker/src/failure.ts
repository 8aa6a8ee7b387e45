import { Failure } from "@believe/shared/base";

/** What the broker agent may refuse: each code is one clear sentence on stderr and a non-zero exit. */
export class BrokerFailure extends Failure<
  "bad-arguments" | "corrupt-state" | "genesis-differs" | "capture-disagrees" | "missing-feed"
> {}
