import type { PriceTicks } from "@believe/shared/base";
import { priceDecimal, type SessionState } from "@believe/shared/market";
import { entryBlocks, type Limits, type RiskView } from "@believe/shared/risk";
import type { BrokerStatus } from "@believe/shared/wire";
import type { Desk } from "./desk.ts";

/** Everything that the signed status takes from the engine. */
export interface EngineStatus {
  readonly marketUs: number;
  readonly session: SessionState;
  readonly positions: NonNullable<BrokerStatus["positions"]>;
  readonly entries: { allowed: boolean; reasons: string[] };
  readonly warming: boolean;
  /** Orders that the venue has acknowledged and not finished. */
  readonly restingOrders: number;
}

export interface StatusInput {
  readonly desk: Desk;
  readonly risk: RiskView;
  readonly limits: Limits;
  readonly warm: boolean;
  readonly last: PriceTicks | null;
}

export function statusOf({ desk, risk, limits, warm, last }: StatusInput): EngineStatus {
  const { holdings, instrument } = desk;
  const blocks = entryBlocks(risk, limits);
  const reasons = warm ? blocks : ["warming-up", ...blocks];
  const position = {
    symbol: instrument.symbol,
    lots: holdings.net,
    averagePrice: holdings.averagePrice,
    stop: holdings.stopPrice,
    last: last === null ? null : priceDecimal(instrument, last),
  };
  let resting = 0;
  for (const order of holdings.orders.values()) if (order.state === "working") resting++;
  return {
    marketUs: risk.nowUs,
    session: risk.session.state,
    positions: [position],
    entries: { allowed: reasons.length === 0, reasons },
    warming: !warm,
    restingOrders: resting,
  };
}
