import { moneyDecimal, moneyMinor, type PriceTicks } from "@believe/shared/base";
import { type Instrument, parsePrice, priceDecimal, type Side } from "@believe/shared/market";
import type { Body } from "@believe/shared/wire";
import type { Ledger } from "./ledger.ts";
import { feeOf } from "./money.ts";
import { tradeOf, type WorkingOrder } from "./order.ts";
import type { Booked } from "./tally.ts";

/** What the venue says that an execution was, at a later revision; a quantity of 0 takes it back. */
export interface Replacement {
  readonly order: string;
  readonly exec: string;
  readonly revision: number;
  readonly side: Side;
  readonly qty: number;
  readonly price: PriceTicks;
}

/** What names a correction record. */
export interface ChangeOf {
  readonly correction: string;
  readonly atUs: number;
  readonly reason: string;
}

/** What a correction record puts into the ledger; `order` is the one that it speaks of, where we know it. */
export function changedEntry(
  ledger: Ledger,
  instrument: Instrument,
  body: Body<"correction">,
  order: WorkingOrder | null = null,
): Booked {
  const { correction, kind, qty } = body;
  const exec = body.exec ?? correction;
  const before = ledger.find(exec);
  const side = body.side ?? before?.side ?? "buy";
  const { opens, strategy, stop, intended } = before ?? originOf(ledger, body, { side, order });
  return {
    exec,
    revision: body.revision ?? 0,
    order: body.order,
    opens,
    strategy,
    stop,
    side,
    qty,
    price: parsePrice(instrument, body.price ?? "0"),
    fee: kind === "adopted" ? 0 : feeOf(instrument, qty),
    atUs: before?.atUs ?? body.atUs,
    intended,
  };
}

/** Where an entry belongs that the ledger does not have yet. */
function originOf(
  ledger: Ledger,
  { correction, kind, order: id }: Body<"correction">,
  { side, order }: { readonly side: Side; readonly order: WorkingOrder | null },
): Pick<Booked, "opens" | "strategy" | "stop" | "intended"> {
  if (id !== null) {
    // A bust that came before its execution: a later revision may still bring the execution back.
    const { stop = null, strategy = kind } = order ?? {};
    return { opens: tradeOf(id), strategy, stop, intended: order?.role === "entry" };
  }
  // Lots that a person adds to a trade of ours belong to it; a position out of nowhere is nobody's intention.
  const intended = ledger.tally.trade?.side === side;
  return { opens: `T-${correction}`, strategy: kind, stop: null, intended };
}

function changeBody(
  ledger: Ledger,
  instrument: Instrument,
  change: Omit<Body<"correction">, "lotsBefore" | "lotsAfter" | "realisedDelta">,
): Body<"correction"> {
  const { tally } = ledger;
  const draft = { ...change, lotsBefore: tally.lots.net, lotsAfter: 0, realisedDelta: "0.00" };
  const after = ledger.with(changedEntry(ledger, instrument, draft));
  const realisedDelta = moneyDecimal(moneyMinor(after.realised - tally.realised));
  return { ...draft, lotsAfter: after.lots.net, realisedDelta };
}

/** The record of an execution that was replaced or taken back. */
export function correctionBody(
  ledger: Ledger,
  instrument: Instrument,
  of: ChangeOf & { readonly replacement: Replacement },
): Body<"correction"> {
  const { replacement, correction, atUs, reason } = of;
  const { order, exec, revision, side, qty, price } = replacement;
  return changeBody(ledger, instrument, {
    correction,
    kind: qty === 0 ? "bust" : "correction",
    symbol: instrument.symbol,
    atUs,
    order,
    exec,
    revision,
    side,
    qty,
    price: priceDecimal(instrument, price),
    reason,
  });
}

/** The record of taking over `lots` (signed) as our position; the difference changes hands at `price`, without a fee. */
export function adoptionBody(
  ledger: Ledger,
  instrument: Instrument,
  of: ChangeOf & { readonly lots: number; readonly price: string },
): Body<"correction"> {
  const { lots, price, correction, atUs, reason } = of;
  const more = lots - ledger.tally.lots.net;
  return changeBody(ledger, instrument, {
    correction,
    kind: "adopted",
    symbol: instrument.symbol,
    atUs,
    order: null,
    exec: null,
    revision: null,
    side: more === 0 ? null : more > 0 ? "buy" : "sell",
    qty: Math.abs(more),
    price,
    reason,
  });
}
