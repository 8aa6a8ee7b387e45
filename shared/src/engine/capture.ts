import { type Failure, priceTicks, qty, timeUs } from "@believe/shared/base";
import { venueOrder, venueSnapshot } from "@believe/shared/trade";
import { command, identifier, reasonCode, side, stampUs, symbolName } from "@believe/shared/wire";
import { z } from "zod";
import type { EngineEvent } from "./event.ts";
import { EngineFailure } from "./failure.ts";
import { resumeState } from "./resume-state.ts";

const instant = stampUs.transform(timeUs);
const ticks = z.int().transform(priceTicks);
const price = ticks.nullable();
const size = z.int().nonnegative().transform(qty);
const source = z.strictObject({ run: z.string().max(96), seq: z.int() });

const row = { tsUs: instant, symbol: symbolName, stampUs: z.int().transform(timeUs), source };
const quote = { bid: price, bidSize: size, ask: price, askSize: size };
const level = z
  .tuple([ticks, size, z.int().nonnegative()])
  .transform(([at, lots, orders]) => ({ price: at, size: lots, orders }));
const ofOrder = { tsUs: instant, order: identifier, symbol: symbolName };

/** The line's form of each event: as the event, but a book's levels are [price, size, orders]. */
const captured = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("trade"),
    ...row,
    ...quote,
    price: ticks,
    size,
    aggressor: side.nullable(),
  }),
  z.strictObject({ kind: z.literal("quote"), ...row, ...quote }),
  z.strictObject({
    kind: z.literal("book"),
    ...row,
    bids: z.array(level).max(64),
    asks: z.array(level).max(64),
  }),
  z.strictObject({ kind: z.literal("gap"), ...row }),
  z.strictObject({ kind: z.literal("clock"), tsUs: instant }),
  z.strictObject({ kind: z.literal("freshness"), tsUs: instant, fresh: z.boolean() }),
  z.strictObject({ kind: z.literal("resume"), tsUs: instant, state: resumeState }),
  z.strictObject({ kind: z.literal("acknowledged"), ...ofOrder }),
  z.strictObject({ kind: z.literal("moved"), ...ofOrder, price, stop: price }),
  z.strictObject({ kind: z.literal("cancelled"), ...ofOrder }),
  z.strictObject({
    kind: z.literal("cancel-rejected"),
    ...ofOrder,
    request: z.enum(["cancel", "move"]),
    reason: z.enum(["too-late", "not-at-venue"]),
  }),
  z.strictObject({ kind: z.literal("rejected"), ...ofOrder, reason: reasonCode }),
  z.strictObject({
    kind: z.literal("execution"),
    ...ofOrder,
    exec: identifier,
    side,
    qty: size,
    price: ticks,
    venue: identifier,
  }),
  z.strictObject({
    kind: z.literal("correction"),
    ...ofOrder,
    exec: identifier,
    revision: z.int().min(1),
    side,
    qty: size,
    price: ticks,
    venue: identifier,
  }),
  z.strictObject({ kind: z.literal("absent"), ...ofOrder, reason: reasonCode }),
  z.strictObject({
    kind: z.literal("link"),
    tsUs: instant,
    venue: identifier,
    state: z.enum(["down", "syncing", "ready"]),
    reason: reasonCode.nullable(),
  }),
  z.strictObject({ kind: z.literal("snapshot"), tsUs: instant, snapshot: venueSnapshot }),
  z.strictObject({ kind: z.literal("foreign"), tsUs: instant, order: venueOrder }),
  z.strictObject({ kind: z.literal("command"), tsUs: instant, command }),
  z.strictObject({
    kind: z.literal("watch"),
    tsUs: instant,
    dog: reasonCode,
    barking: z.boolean(),
  }),
]);

/** One event as one line of compact JSON, without a line feed. */
export function encodeEvent(event: EngineEvent): string {
  if (event.kind !== "book") return JSON.stringify(event);
  const triples = (levels: typeof event.bids): number[][] =>
    levels.map((at) => [at.price, at.size, at.orders]);
  return JSON.stringify({ ...event, bids: triples(event.bids), asks: triples(event.asks) });
}

/** Inverse of `encodeEvent`. Throws `EngineFailure` for a line that is not an event. */
export function decodeEvent(line: string): EngineEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw notAnEvent("a line that is not JSON", cause);
  }
  const parsed = captured.safeParse(value);
  if (!parsed.success) {
    throw notAnEvent(z.prettifyError(parsed.error).split("\n")[0] ?? "another value", parsed.error);
  }
  return parsed.data;
}

function notAnEvent(was: string, cause: unknown): Failure {
  return new EngineFailure("not-an-event", `expected a captured event, was ${was}`, { cause });
}
