import { Failure } from "@believe/shared/base";

/** What the research agent may refuse: each code is one clear sentence on stderr and a non-zero exit. */
export class ResearchFailure extends Failure<
  | "bad-arguments"
  | "corrupt-state"
  | "port-taken"
  | "bad-segment"
  | "served-log-inconsistent"
  /** A day that cannot be opened from the replica, or not now. */
  | "cannot-open"
  | "anchor-refused"
  | "git-absent"
  | "git-refused"
> {}
