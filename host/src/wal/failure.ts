import { Failure } from "@believe/shared/base";

/**
 * `locked`: another process has this journal open. `corrupt`: bytes that no crash explains, for a person to look at.
 * `refused`: the draft is no record. `not-durable`: the disk did not take a write; nothing may be appended after it.
 */
export class WalFailure extends Failure<
  "locked" | "corrupt" | "refused" | "not-durable" | "closed"
> {}
