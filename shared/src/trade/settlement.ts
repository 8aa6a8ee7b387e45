import { invariant, moneyDecimal, moneyMinor } from "@believe/shared/base";
import type { Instrument } from "@believe/shared/market";
import type { Body, Draft } from "@believe/shared/wire";
import { feeOf } from "./money.ts";
import type { OpenTrade } from "./open-trade.ts";
import { tradeOf, type WorkingOrder } from "./order.ts";
import { tradeBody } from "./round-turn.ts";

/** An execution or a correction whose records are not all written: the next one is that of `stage`. */
export type Settlement =
  | {
      readonly of: "execution";
      readonly execution: Body<"execution">;
      /** Whether its order was alive when it came. */
      readonly alive: boolean;
      stage: "fill" | "position" | "trade" | "filled";
    }
  | {
      readonly of: "correction";
      readonly correction: Body<"correction">;
      /** The trade that it ended. */
      readonly ended: OpenTrade | null;
      stage: "position" | "trade";
    };

/** Where the holdings stand before the record that is asked for. */
export interface Standing {
  readonly instrument: Instrument;
  /** Of an execution. */
  readonly order: WorkingOrder | null;
  readonly trade: OpenTrade | null;
  /** The trade that the last booked execution ended. */
  readonly closed: OpenTrade | null;
  /** Signed position. */
  readonly net: number;
  readonly averagePrice: string | null;
  /** Realised net in US cents. */
  readonly realised: number;
}

/**
 * The trade that this execution of an order opens when none is open. A later part of an entry whose trade has ended
 * meanwhile opens another trade, under another name.
 */
export function opensTrade(order: WorkingOrder): string {
  return order.executions <= 1
    ? tradeOf(order.order)
    : `${tradeOf(order.order)}.${order.executions}`;
}

function fillBody(execution: Body<"execution">, standing: Standing): Body<"fill"> {
  const { exec, symbol, atUs, side, qty, price } = execution;
  const { instrument, order, trade } = standing;
  invariant(order, "an execution is of an order");
  return {
    exec,
    order: order.order,
    trade: trade?.trade ?? opensTrade(order),
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

function positionDraft(
  of: { readonly symbol: string; readonly atUs: number },
  at: Standing,
): Draft {
  const { net, averagePrice, trade, realised } = at;
  const body = {
    symbol: of.symbol,
    atUs: of.atUs,
    lots: net,
    averagePrice,
    trade: net === 0 ? null : (trade?.trade ?? null),
    realised: moneyDecimal(moneyMinor(realised)),
  };
  return { stream: "position", body };
}

/** The record that a settlement needs next, from where the holdings stand. */
export function settlementDraft(settlement: Settlement, standing: Standing): Draft {
  const { instrument, order, closed } = standing;
  if (settlement.of === "correction") {
    const { correction, ended, stage } = settlement;
    if (stage === "position") return positionDraft(correction, standing);
    invariant(ended, "a trade that closes was open");
    return { stream: "trade", body: tradeBody(instrument, ended, correction) };
  }
  const { execution, stage } = settlement;
  const { symbol, atUs } = execution;
  switch (stage) {
    case "fill":
      return { stream: "fill", body: fillBody(execution, standing) };
    case "position":
      return positionDraft(execution, standing);
    case "trade": {
      invariant(closed && order, "a trade that closes was open");
      const { reason } = order;
      return { stream: "trade", body: tradeBody(instrument, closed, { symbol, atUs, reason }) };
    }
    case "filled": {
      invariant(order, "an execution is of an order");
      const of = { order: order.order, intent: order.intent, symbol, atUs };
      return { stream: "order", body: { ...of, state: "filled", reason: null } };
    }
  }
}
