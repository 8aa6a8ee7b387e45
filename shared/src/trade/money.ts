import { decimalOf, type MoneyMinor, moneyMinor, scaledInteger } from "@believe/shared/base";
import type { Instrument } from "@believe/shared/market";

/** Value of `ticksTimesLots` in US cents. */
export function moneyOf(instrument: Instrument, ticksTimesLots: number): MoneyMinor {
  return moneyMinor(ticksTimesLots * instrument.tickValueMinor);
}

/** Commission and fees of one fill in US cents. */
export function feeOf(instrument: Instrument, qty: number): MoneyMinor {
  return moneyMinor(qty * instrument.feePerSideMinor);
}

/** Result of `net` open lots that cost `cost` ticks × lots, at `mark` and after the fee of leaving, in US cents. */
export function openNetOf(
  instrument: Instrument,
  { net, cost }: { readonly net: number; readonly cost: number },
  mark: number,
): number {
  if (net === 0) return 0;
  const ticks = mark * net - Math.sign(net) * cost;
  return moneyOf(instrument, ticks) - feeOf(instrument, Math.abs(net));
}

/** Parses a money decimal ("-17.50") into US cents. */
export function parseMoney(text: string): MoneyMinor {
  return moneyMinor(scaledInteger(text, 2));
}

const EXTRA = 4;

/** Average price of `qty` lots that cost `cost` ticks × lots: the price's decimals, up to four more where it is between two. */
export function averageDecimal(instrument: Instrument, cost: number, qty: number): string {
  const scaled = Math.round((cost * instrument.tickSize * 10_000) / qty);
  const text = decimalOf(scaled, instrument.priceDecimals + EXTRA);
  const whole = text.slice(0, -EXTRA);
  const extra = text.slice(-EXTRA).replace(/0+$/, "");
  return extra === "" ? whole : whole + extra;
}
