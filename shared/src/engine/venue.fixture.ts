import { parseIsoUs, priceTicks, qty, type TimeUs } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import {
  emptyHoldings,
  Holdings,
  type HoldingsState,
  type OrderWord,
  type VenueEvent,
  type VenueOrder,
  type VenueSnapshot,
} from "@believe/shared/trade";
import type { Body, Command, Draft } from "@believe/shared/wire";
import { EventCursor } from "./cursor.ts";
import { FIRST_TIP } from "./decision-chain.ts";
import { createEngine, type Engine } from "./engine.ts";
import { type ResumeState, resumeState } from "./resume-state.ts";

export const MES = instrumentOf("MESH4");
/** Noon in Chicago of a quiet regular session. */
export const NOON: TimeUs = parseIsoUs("2024-01-09T18:00:00Z");

export function intent(change: Partial<Body<"intent">> = {}): Draft {
  const body: Body<"intent"> = {
    intent: "I-000001",
    order: "B-000001",
    strategy: "sma-cross",
    symbol: "MESH4",
    atUs: NOON,
    action: "enter",
    side: "buy",
    qty: 2,
    type: "MKT",
    price: null,
    stop: "4790.00",
    reason: "cross-up",
    ...change,
  };
  return { stream: "intent", body };
}

/** What a list of our own records leads to. */
export function holdingsOf(
  drafts: readonly Draft[],
  from: HoldingsState = emptyHoldings(),
): Holdings {
  const holdings = new Holdings(MES, from);
  for (const draft of drafts) holdings.apply(draft);
  return holdings;
}

/** An engine on a venue that keeps orders, with what it wrote down. */
export interface Scene {
  readonly engine: Engine;
  readonly drafts: Draft[];
  readonly began: HoldingsState;
  hear(event: VenueEvent): void;
  tell(command: Command): void;
  holdings(): Holdings;
  of<Name extends Draft["stream"]>(stream: Name): Body<Name>[];
}

export const READY = { link: "ready", synced: true, foreign: [], barking: [] } as const;

/** Begins with `before` in the journal and the link as `change` says, by default ready. */
export function sceneOf(before: readonly Draft[], change: Partial<ResumeState> = {}): Scene {
  const began = holdingsOf(before).state();
  const state = resumeState.parse({
    symbol: "MESH4",
    strategy: "sma-cross",
    parameters: { fast: 5 },
    limits: { lots: 2, positionLotsMax: 4 },
    exits: {},
    decisionTip: FIRST_TIP,
    venue: { keepsOrders: true },
    connection: READY,
    holdings: began,
    ...change,
  });
  const drafts: Draft[] = [];
  const cursor = new EventCursor();
  const engine = createEngine({ sink: { emit: (draft) => drafts.push(draft) } });
  engine.step(cursor.at({ kind: "resume", tsUs: NOON, state }));
  return {
    engine,
    drafts,
    began,
    hear: (event) => engine.step(cursor.at(event)),
    tell: (command) => engine.step(cursor.at({ kind: "command", tsUs: NOON, command })),
    holdings: () => {
      if (!engine.holdings) throw new Error("expected a resumed engine");
      return engine.holdings;
    },
    of: (stream) => drafts.flatMap((draft) => (isOf(draft, stream) ? [draft.body] : [])),
  };
}

function isOf<Name extends Draft["stream"]>(
  draft: Draft,
  stream: Name,
): draft is Draft & { stream: Name; body: Body<Name> } {
  return draft.stream === stream;
}

const of = (order: string) => ({ tsUs: NOON, order, symbol: "MESH4" });

export function acknowledged(order = "B-000001"): OrderWord {
  return { kind: "acknowledged", ...of(order) };
}

export function cancelled(order = "B-000001"): OrderWord {
  return { kind: "cancelled", ...of(order) };
}

/** `lots` signed: bought or sold, at a price in ticks. */
export function executed(order: string, n: number, lots: number, price = 19_200): OrderWord {
  return {
    kind: "execution",
    ...of(order),
    exec: `${order}.${n}`,
    side: lots > 0 ? "buy" : "sell",
    qty: qty(Math.abs(lots)),
    price: priceTicks(price),
    venue: "test",
  };
}

export function corrected(
  order: string,
  n: number,
  { revision, lots, price = 19_200 }: { revision: number; lots: number; price?: number },
): OrderWord {
  const { exec } = { exec: `${order}.${n}` };
  const side = lots < 0 ? "sell" : "buy";
  const change = {
    exec,
    revision,
    side,
    qty: qty(Math.abs(lots)),
    price: priceTicks(price),
  } as const;
  return { kind: "correction", ...of(order), ...change, venue: "test" };
}

export function atVenue(order: string | null, change: Partial<VenueOrder> = {}): VenueOrder {
  return {
    order,
    ref: order === null ? "77" : `${order}.ref`,
    symbol: "MESH4",
    side: "buy",
    qty: qty(2),
    filled: qty(0),
    type: "MKT",
    price: null,
    stop: null,
    state: "working",
    parent: null,
    ...change,
  };
}

export function snapshot(change: Partial<VenueSnapshot> = {}): VenueEvent {
  const empty = { orders: [], done: [], executions: [], positions: [] };
  const named = { venue: "test", account: "DU1", ...empty, definite: true, ...change };
  return { kind: "snapshot", tsUs: NOON, snapshot: named };
}

export function link(state: "down" | "syncing" | "ready"): VenueEvent {
  return { kind: "link", tsUs: NOON, venue: "test", state, reason: null };
}
