import {
  decimalOf,
  Failure,
  type PriceTicks,
  priceTicks,
  scaledInteger,
} from "@believe/shared/base";

/** What a futures contract is, as far as prices and money are concerned. Source: CME contract specifications. */
export interface Instrument {
  /** Contract with its month, e.g. "MESH4". */
  readonly symbol: string;
  /** Product, e.g. "MES". */
  readonly root: string;
  /** Size of one tick, in units of 10^-priceDecimals, e.g. 25 for 0.25. */
  readonly tickSize: number;
  readonly priceDecimals: number;
  /** Value of one tick of one lot, in US cents. */
  readonly tickValueMinor: number;
  /** Commission, exchange and regulatory fee of one lot on one side, in US cents, rounded up. */
  readonly feePerSideMinor: number;
}

export class InstrumentFailure extends Failure<
  "unknown-symbol" | "unknown-contract" | "off-tick"
> {}

const PRODUCTS: readonly Omit<Instrument, "symbol">[] = [
  // Round turn 4.50 USD (ES) and 1.24 USD (MES): IBKR commission at ≤ 1,000 lots a month, exchange and NFA fees.
  { root: "ES", tickSize: 25, priceDecimals: 2, tickValueMinor: 1250, feePerSideMinor: 225 },
  { root: "MES", tickSize: 25, priceDecimals: 2, tickValueMinor: 125, feePerSideMinor: 62 },
];

/** Finds the instrument of a contract symbol (root, month letter, one or two year digits). */
export function instrumentOf(symbol: string): Instrument {
  const root = /^([A-Z0-9]{1,4})[HMUZ]\d{1,2}$/.exec(symbol)?.[1];
  const product = PRODUCTS.find((candidate) => candidate.root === root);
  if (!product) {
    const known = PRODUCTS.map((candidate) => candidate.root).join(" or ");
    throw new InstrumentFailure(
      "unknown-symbol",
      `expected a contract of ${known} with its month (MESH4), was ${JSON.stringify(symbol)}`,
    );
  }
  return { symbol, ...product };
}

/** Parses a decimal price into ticks; a price between two ticks is refused. */
export function parsePrice(instrument: Instrument, text: string): PriceTicks {
  const scaled = scaledInteger(text, instrument.priceDecimals);
  if (scaled % instrument.tickSize !== 0) {
    throw new InstrumentFailure(
      "off-tick",
      `expected a multiple of ${decimalOf(instrument.tickSize, instrument.priceDecimals)}, was ${text}`,
    );
  }
  return priceTicks(scaled / instrument.tickSize);
}

/** Whether a decimal is a price of this instrument. */
export function isOnTick(instrument: Instrument, text: string): boolean {
  try {
    parsePrice(instrument, text);
    return true;
  } catch (failure) {
    if (failure instanceof Failure) return false;
    throw failure;
  }
}

/** Prints a price in ticks as a decimal with the instrument's decimals, e.g. "4800.25". */
export function priceDecimal(instrument: Instrument, price: PriceTicks): string {
  return decimalOf(price * instrument.tickSize, instrument.priceDecimals);
}
