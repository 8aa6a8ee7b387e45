import { type PriceTicks, priceTicks, type TimeUs } from "@believe/shared/base";
import { type Instrument, isOnTick, parsePrice, priceDecimal } from "@believe/shared/market";
import { signOf } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import type { Command } from "./command-row.ts";

export interface CommandContext {
  readonly instrument: Instrument;
  readonly account: string;
  readonly lotsMax: number;
  readonly atUs: TimeUs;
  readonly expiresUs: TimeUs;
  /** The newest price seen: what the offsets of a market order are counted from. */
  readonly seen: PriceTicks | null;
}

const CHILDLESS = { reference: "", stopOffset: "", targetOffset: "" };
const BARE = { side: "", type: "NONE", qty: null, price: "", tif: null, ...CHILDLESS } as const;

/** A command that concerns no order. */
export function syncCommand(context: CommandContext): Command {
  return { ...BARE, ...placeOf(context), action: "SYNC", order: "" };
}

/** The command of an intent, or the reason code for which it is never sent. */
export function commandOf(intent: Body<"intent">, context: CommandContext): Command | string {
  const { order } = intent;
  if (intent.symbol !== context.instrument.symbol) return "unknown-symbol";
  if (!pricesOf(intent).every((price) => isOnTick(context.instrument, price))) return "off-tick";
  switch (intent.action) {
    case "cancel":
      return { ...BARE, ...placeOf(context), action: "CANCEL", order };
    case "move": {
      const price = intent.stop ?? intent.price ?? "";
      return { ...BARE, ...placeOf(context), action: "MODIFY", order, qty: intent.qty, price };
    }
    case "enter":
    case "protect":
    case "exit":
      return newCommand(intent, context);
  }
}

/** Every price that the command would carry or be counted from. */
function pricesOf({ price, stop, attach }: Body<"intent">): string[] {
  const all = [price, stop, attach?.stop ?? null, attach?.target ?? null];
  return all.filter((one) => one !== null);
}

function placeOf({ instrument, account, atUs, expiresUs }: CommandContext) {
  return { symbol: instrument.symbol, account, atUs, expiresUs };
}

function newCommand(intent: Body<"intent">, context: CommandContext): Command | string {
  const { side, type, qty, order } = intent;
  if (side === null || qty === null || qty < 1) return "order-incomplete";
  if (type !== "MKT" && type !== "LMT" && type !== "STP") return "type-not-supported";
  if (qty > context.lotsMax) return "order-too-large";
  // Of a market order `stop` is the plan, not a price to wait for.
  const price = type === "MKT" ? "" : type === "LMT" ? intent.price : intent.stop;
  if (price === null) return "order-incomplete";
  const offsets = offsetsOf(intent, price, context);
  if (typeof offsets === "string") return offsets;
  return {
    ...BARE,
    ...placeOf(context),
    action: "NEW",
    order,
    side: side === "buy" ? "BUY" : "SELL",
    type,
    qty,
    price,
    // Protection outlives the session that our process may not.
    tif: intent.action === "protect" ? "gtc" : "day",
    ...offsets,
  };
}

type Offsets = Pick<Command, "reference" | "stopOffset" | "targetOffset">;

/** Children are asked for as distances from one reference price, so their prices do not depend on the fill. */
function offsetsOf(
  intent: Body<"intent">,
  price: string,
  context: CommandContext,
): Offsets | string {
  const { instrument, seen } = context;
  const { attach, side } = intent;
  if (attach === undefined || side === null) return CHILDLESS;
  const at = price === "" ? seen : parsePrice(instrument, price);
  if (at === null) return "no-quote";
  const sign = signOf(side);
  const offset = (level: string | null, away: number): number | null =>
    level === null ? null : away * (parsePrice(instrument, level) - at);
  const stop = offset(attach.stop, -sign);
  const target = offset(attach.target, sign);
  if ((stop ?? 1) < 1 || (target ?? 1) < 1) return "attached-price-crossed";
  const text = (ticks: number | null): string =>
    ticks === null ? "" : priceDecimal(instrument, priceTicks(ticks));
  return {
    reference: priceDecimal(instrument, at),
    stopOffset: text(stop),
    targetOffset: text(target),
  };
}
