import { Failure } from "@believe/shared/base";

/** What keeps a verification from starting or from ending; a tampered record is an outcome, not a failure. */
export class VerifyFailure extends Failure<"usage" | "unreachable"> {}
