import { Failure } from "@believe/shared/base";

/** A capture or a journal that the engine cannot go on from. */
export class EngineFailure extends Failure<"not-an-event" | "no-resume" | "other-symbol"> {}
