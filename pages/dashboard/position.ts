import { moneyDecimal, moneyMinor } from "@believe/shared/base";
import { type Instrument, InstrumentFailure, instrumentOf } from "@believe/shared/market";
import type { BrokerStatus } from "@believe/shared/wire";

export type PositionLine = NonNullable<BrokerStatus["positions"]>[number];

/** The position that the figures speak of: the first open one, else the first instrument. */
export function mainPosition(status: BrokerStatus): PositionLine | null {
  const lines = status.positions ?? [];
  return lines.find((line) => line.lots !== 0) ?? lines[0] ?? null;
}

function known(symbol: string): Instrument | null {
  try {
    return instrumentOf(symbol);
  } catch (failure) {
    if (failure instanceof InstrumentFailure) return null;
    throw failure;
  }
}

/** Cents that the open lots make from their average price to `to`; null where a part is not known. */
function resultMinor(line: PositionLine, instrument: Instrument, to: string): number | null {
  if (line.averagePrice === null || line.lots === 0) return null;
  const points = Number(to) - Number(line.averagePrice);
  const ticks = (points * 10 ** instrument.priceDecimals) / instrument.tickSize;
  return Math.round(ticks * line.lots * instrument.tickValueMinor);
}

/** What the open lots would make at the last price, before the exit fee; a decimal in USD. */
export function openResult(line: PositionLine): string | null {
  const instrument = known(line.symbol);
  if (!instrument || line.last === null) return null;
  const minor = resultMinor(line, instrument, line.last);
  return minor === null ? null : moneyDecimal(moneyMinor(minor));
}

/** What the whole trade would make at its stop, net of the fees of both sides; a decimal in USD. */
export function stoppedResult(line: PositionLine): string | null {
  const instrument = known(line.symbol);
  if (!instrument || line.stop === null) return null;
  const minor = resultMinor(line, instrument, line.stop);
  if (minor === null) return null;
  const fees = 2 * instrument.feePerSideMinor * Math.abs(line.lots);
  return moneyDecimal(moneyMinor(minor - fees));
}
