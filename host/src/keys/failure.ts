import { Failure } from "@believe/shared/base";

/** A file of a seed that cannot be trusted. */
export class KeyFileFailure extends Failure<"not-a-seed" | "open-to-others" | "unreadable"> {}
