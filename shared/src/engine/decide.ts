import type { TimeUs } from "@believe/shared/base";
import type { Side } from "@believe/shared/market";
import type { Opinion } from "@believe/shared/strategy";
import { opposite } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";

export interface DecideInput {
  readonly nowUs: TimeUs;
  readonly opinion: Opinion;
  /** Signed position. */
  readonly lots: number;
  readonly enteredAtUs: number | null;
  /** Everything that stops an entry now. */
  readonly blocks: readonly string[];
  readonly leaving: string | null;
  readonly mustBeFlat: boolean;
  /** Limits that end a position. */
  readonly lossesReached: readonly string[];
  readonly timeStopUs: number;
}

export interface Decision {
  readonly verdict: Body<"decision">["verdict"];
  readonly side: Side | null;
  readonly reasons: string[];
}

/** Reasons to leave an open position, in the order of their weight. */
function exitReasons(input: DecideInput, side: Side): string[] {
  const { opinion, enteredAtUs, nowUs } = input;
  const reasons: string[] = [...input.lossesReached];
  if (input.mustBeFlat) reasons.push("flat-by-time");
  if (opinion.kind === "signal" && opinion.side === opposite(side)) reasons.push("opposite-signal");
  if (enteredAtUs !== null && nowUs - enteredAtUs >= input.timeStopUs) reasons.push("time-stop");
  return reasons;
}

/** The one evaluation at a bar's close: entered or not, blocked or warming included, with every reason. */
export function decide(input: DecideInput): Decision {
  const { opinion, lots, blocks } = input;
  if (lots !== 0) {
    const side: Side = lots > 0 ? "buy" : "sell";
    if (input.leaving !== null)
      return { verdict: "hold", side, reasons: ["leaving", input.leaving] };
    const reasons = exitReasons(input, side);
    if (reasons.length > 0) return { verdict: "exit", side, reasons };
    return { verdict: "hold", side, reasons: ["in-position"] };
  }
  if (opinion.kind === "warming") {
    return { verdict: "warming", side: null, reasons: ["warming-up", ...blocks] };
  }
  if (opinion.kind === "none") {
    return { verdict: "pass", side: null, reasons: ["no-signal", ...blocks] };
  }
  const { side, reason } = opinion;
  if (blocks.length > 0) return { verdict: "blocked", side, reasons: [...blocks] };
  return { verdict: "enter", side, reasons: [reason] };
}
