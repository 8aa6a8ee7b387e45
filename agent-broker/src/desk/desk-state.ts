import { decimalOf, timeUs } from "@believe/shared/base";
import type { EngineStatus } from "@believe/shared/engine";
import {
  type Instrument,
  instrumentOf,
  parsePrice,
  priceDecimal,
  SessionCalendar,
} from "@believe/shared/market";
import {
  feeOf,
  type Holdings,
  moneyOf,
  type VenueOrder,
  type WorkingOrder,
} from "@believe/shared/trade";
import { type ConsoleState, consoleState } from "@believe/shared/wire";
import type { LinkState } from "../bridge/index.ts";
import type { BrokerConfig } from "../config.ts";
import type { DogState } from "../watch/kennel.ts";
import type { DeskMemory } from "./desk-memory.ts";

/** Everything that a person at the desk is shown, as the agent or a stopped agent's disk has it. */
export interface DeskSight {
  readonly config: BrokerConfig;
  readonly wallUs: number;
  readonly holdings: Holdings;
  /** Null where no engine runs. */
  readonly engine: EngineStatus | null;
  readonly marketUs: number;
  readonly venue: { readonly name: string; readonly link: LinkState };
  readonly foreign: readonly VenueOrder[];
  readonly feed: ConsoleState["feed"];
  readonly killFile: boolean;
  readonly dogs: readonly DogState[];
  readonly memory: DeskMemory;
  readonly journal: ConsoleState["journal"];
  readonly dailyLossMinorMax: number;
}

const ORDERS_MAX = 200;

/** The state as the console and the command line show it. It never leaves this machine. */
export function deskState(sight: DeskSight): ConsoleState {
  const { config, wallUs, holdings, engine, marketUs, venue, memory } = sight;
  const { symbol } = config.feed;
  const instrument = instrumentOf(symbol);
  const { tradeDate } = new SessionCalendar().span(timeUs(marketUs)).state;
  const last = engine?.positions[0]?.last ?? null;
  const openMinor = openNet(instrument, holdings, last);
  const { latches } = holdings;
  const halts = holdings.halts(tradeDate);
  const { reconciliation } = memory;
  return consoleState.parse({
    v: 1,
    atUs: wallUs,
    account: config.account,
    strategy: config.strategy.name,
    venue: { name: venue.name, link: venue.link.state, reason: venue.link.reason },
    marketUs,
    session: engine?.session ?? null,
    feed: sight.feed,
    position: {
      symbol,
      lots: holdings.net,
      averagePrice: holdings.averagePrice,
      last,
      stop: holdings.stopPrice,
      open: openMinor === null ? null : decimalOf(openMinor, 2),
    },
    result: {
      realised: decimalOf(holdings.realised, 2),
      day: decimalOf(holdings.day(tradeDate).net + (openMinor ?? 0), 2),
      dayLossMax: decimalOf(sight.dailyLossMinorMax, 2),
      drawdown: decimalOf(memory.drawdown(holdings.realised + (openMinor ?? 0)), 2),
      drawdownMax: null,
    },
    orders: [
      ...[...holdings.orders.values()].map((order) => ownOrder(instrument, order, sight)),
      ...sight.foreign.map((order) => foreignOrder(instrument, order)),
    ].slice(0, ORDERS_MAX),
    fills: memory.fillsFrom(marketUs - DAY_SHOWN_US).map(fillOf),
    entries: engine?.entries ?? { allowed: false, reasons: ["not-running", ...halts] },
    latches: {
      killed: latches.killed !== null || sight.killFile,
      closeOnly: latches.closeOnly,
      armed: latches.armed,
    },
    watchdogs: sight.dogs.map(({ dog, sinceUs }) => ({
      name: dog.name,
      severity: dog.severity,
      barking: sinceUs !== null,
      sinceUs,
    })),
    reconciliation: reconciliation && {
      atUs: reconciliation.atUs,
      verdict: reconciliation.verdict,
      positions: reconciliation.positions,
    },
    journal: sight.journal,
  });
}

/** A trade date is shorter than this. */
const DAY_SHOWN_US = 24 * 3_600_000_000;

/** Open result after the fee of leaving, in US cents; null without a price. */
function openNet(instrument: Instrument, holdings: Holdings, last: string | null): number | null {
  const { net, lots } = holdings;
  if (net === 0) return 0;
  if (last === null) return null;
  const ticks = parsePrice(instrument, last) * net - Math.sign(net) * lots.cost;
  return moneyOf(instrument, ticks) - feeOf(instrument, Math.abs(net));
}

function ownOrder(
  instrument: Instrument,
  order: WorkingOrder,
  { memory, holdings }: DeskSight,
): ConsoleState["orders"][number] {
  const { symbol, role, side, qty, filled, type, price, stop, state } = order;
  return {
    order: order.order,
    own: true,
    symbol,
    role: order.parent !== undefined && role === "exit" ? "target" : role,
    side,
    qty,
    filled,
    type,
    price: price === null ? null : priceDecimal(instrument, price),
    stop: stop === null ? null : priceDecimal(instrument, stop),
    state,
    sinceUs: memory.sinceOf(order.order, holdings),
  };
}

function foreignOrder(
  instrument: Instrument,
  { ref, symbol, side, qty, filled, type, price, stop }: VenueOrder,
): ConsoleState["orders"][number] {
  const shown = (ticks: typeof price): string | null =>
    ticks === null ? null : priceDecimal(instrument, ticks);
  return {
    order: ref,
    own: false,
    symbol,
    role: "foreign",
    side,
    qty,
    filled,
    type,
    price: shown(price),
    stop: shown(stop),
    state: "working",
    sinceUs: null,
  };
}

function fillOf(fill: ReturnType<DeskMemory["fillsFrom"]>[number]): ConsoleState["fills"][number] {
  const { seq, atUs, symbol, side, qty, price, role, reason } = fill;
  return { seq, atUs, symbol, side, qty, price, role, reason };
}
