import { moneyDecimal, moneyMinor, type PriceTicks } from "@believe/shared/base";
import { type Instrument, parsePrice, priceDecimal, type Side } from "@believe/shared/market";
import type { Body } from "@believe/shared/wire";
import type { Ledger } from "./ledger.ts";
import { feeOf } from "./money.ts";
import type { Booked } from "./tally.ts";

/** What the venue says that an execution was, at a later revision; a quantity of 0 takes it back. */
export interface Replacement {
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

/** What a correction record puts into the ledger. Of a bust without its execution only the id is kept. */
export function changedEntry(
  ledger: Ledger,
  instrument: Instrument,
  body: Body<"correction">,
): Booked {
  const { correction, kind, qty, atUs } = body;
  const exec = body.exec ?? correction;
  const before = ledger.find(exec);
  const change = {
    revision: body.revision ?? 0,
    side: body.side ?? before?.side ?? "buy",
    qty,
    price: parsePrice(instrument, body.price ?? "0"),
    fee: kind === "adopted" ? 0 : feeOf(instrument, qty),
  };
  if (before) return { ...before, ...change };
  const of = { order: null, opens: `T-${correction}`, strategy: kind, stop: null };
  // Lots that a person adds to a trade of ours belong to it; a position out of nowhere is nobody's intention.
  const intended = kind === "adopted" && ledger.tally.trade?.side === change.side;
  return { exec, ...of, ...change, atUs, intended };
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
  const { exec, revision, side, qty, price } = replacement;
  return changeBody(ledger, instrument, {
    correction,
    kind: qty === 0 ? "bust" : "correction",
    symbol: instrument.symbol,
    atUs,
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
    exec: null,
    revision: null,
    side: more === 0 ? null : more > 0 ? "buy" : "sell",
    qty: Math.abs(more),
    price,
    reason,
  });
}
