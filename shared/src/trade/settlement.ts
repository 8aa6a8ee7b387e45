import { invariant, moneyDecimal, moneyMinor } from "@believe/shared/base";
import type { Instrument } from "@believe/shared/market";
import type { Body, Draft } from "@believe/shared/wire";
import type { OpenTrade } from "./holdings-state.ts";
import { feeOf } from "./money.ts";
import { tradeOf, type WorkingOrder } from "./order.ts";
import { tradeBody } from "./round-turn.ts";

/** An execution whose records are not all written: the next one is that of `stage`. */
export interface Settlement {
  readonly execution: Body<"execution">;
  stage: "fill" | "position" | "trade" | "filled";
}

/** Where the holdings stand before the record that is asked for. */
export interface Standing {
  readonly instrument: Instrument;
  readonly order: WorkingOrder;
  readonly trade: OpenTrade | null;
  /** Signed position. */
  readonly net: number;
  readonly averagePrice: string | null;
  /** Realised net in US cents. */
  readonly realised: number;
}

function fillBody(execution: Body<"execution">, standing: Standing): Body<"fill"> {
  const { exec, symbol, atUs, side, qty, price } = execution;
  const { instrument, order, trade } = standing;
  return {
    exec,
    order: order.order,
    trade: trade?.trade ?? tradeOf(order.order),
    symbol,
    atUs,
    side,
    qty,
    price,
    fee: moneyDecimal(feeOf(instrument, qty)),
    role: order.role,
    reason: order.reason,
  };
}

function positionBody(execution: Body<"execution">, standing: Standing): Body<"position"> {
  const { net, averagePrice, trade, realised } = standing;
  return {
    symbol: execution.symbol,
    atUs: execution.atUs,
    lots: net,
    averagePrice,
    trade: net === 0 ? null : (trade?.trade ?? null),
    realised: moneyDecimal(moneyMinor(realised)),
  };
}

/** The record that a settlement needs next, from where the holdings stand. */
export function settlementDraft({ execution, stage }: Settlement, standing: Standing): Draft {
  const { symbol, atUs } = execution;
  const { instrument, order, trade } = standing;
  switch (stage) {
    case "fill":
      return { stream: "fill", body: fillBody(execution, standing) };
    case "position":
      return { stream: "position", body: positionBody(execution, standing) };
    case "trade": {
      invariant(trade, "a trade that closes was open");
      const { reason } = order;
      return { stream: "trade", body: tradeBody(instrument, trade, { symbol, atUs, reason }) };
    }
    case "filled": {
      const of = { order: order.order, intent: order.intent, symbol, atUs };
      return { stream: "order", body: { ...of, state: "filled", reason: null } };
    }
  }
}
