import { Failure } from "@believe/shared/base";

/** What the research agent may refuse: each code is one clear sentence on stderr and a non-zero exit. */
export class ResearchFailure extends Failure<
  | "bad-arguments"
  | "corrupt-state"
  | "port-taken"
  | "bad-segment"
  | "served-log-inconsistent"
  | "anchor-refused"
  | "git-absent"
  | "git-refused"
> {}
