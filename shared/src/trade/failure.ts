import { Failure } from "@believe/shared/base";

/** Records that cannot be folded into a position: the journal itself is in doubt. */
export class TradeFailure extends Failure<"no-genesis" | "inconsistent"> {}
