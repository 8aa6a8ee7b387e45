import { Failure } from "@believe/shared/base";

/** `bad-part`: no part of ours. `not-dense`: it does not go on where the one before ended. */
export class ReplicaFailure extends Failure<"bad-part" | "not-dense"> {}
