import { moneyDecimal, moneyMinor, scaledInteger } from "@believe/shared/base";
import type { Figures, LiveFill } from "@believe/shared/wire";

/** How far the proof of a journal line has come. */
export type RecordMark = "pending" | "sealed" | "witnessed";

/** A fill with what its trade made, where this fill ended one. */
export interface FillRow extends Omit<LiveFill, "mark"> {
  readonly mark: RecordMark;
  /** Net of all fees of the trade that this fill closed, USD; null for an entry or where it is not known. */
  readonly tradeNet: string | null;
}

/** What each point added to the one before. The first counts from zero only when no older point was left out. */
function steps(equity: Figures["equity"]): { seq: number; atUs: number; net: string }[] {
  const out = [];
  let before: number | null = equity.length < 500 ? 0 : null;
  for (const point of equity) {
    const minor = scaledInteger(point.net, 2);
    if (before !== null) {
      const net = moneyDecimal(moneyMinor(minor - before));
      out.push({ seq: point.seq, atUs: point.atUs, net });
    }
    before = minor;
  }
  return out;
}

/** A sealed line is witnessed once the policy's quorum cosigned a log that holds its leaf. */
export function recordMark({ mark, leaf }: LiveFill, witnessedSize: number): RecordMark {
  return mark === "sealed" && leaf !== null && leaf < witnessedSize ? "witnessed" : mark;
}

/** Joins fills with the realised result of their trades: the first point at the fill's own time that follows it in the journal. */
export function fillRows(
  fills: readonly LiveFill[],
  equity: Figures["equity"],
  witnessedSize = 0,
): FillRow[] {
  const results = steps(equity);
  return fills.map((fill) => {
    const result =
      fill.body.role === "entry"
        ? undefined
        : results.find((step) => step.atUs === fill.body.atUs && step.seq >= fill.seq);
    const mark = recordMark(fill, witnessedSize);
    return { ...fill, mark, tradeNet: result?.net ?? null };
  });
}
