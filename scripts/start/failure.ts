import { Failure } from "@believe/shared/base";

/** Why an estate did not start: one clear sentence and a non-zero exit. */
export class StartFailure extends Failure<
  | "bad-arguments"
  | "missing-tape"
  | "port-taken"
  | "state-in-use"
  | "state-differs"
  | "corrupt-state"
  | "not-a-state"
  | "process-died"
> {}
