import { hex, priceTicks, qty, sha256, timeUs, utf8 } from "@believe/shared/base";
import { emptyHoldings } from "@believe/shared/trade";
import type { Draft } from "@believe/shared/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvent, encodeEvent } from "./capture.ts";
import { EventCursor } from "./cursor.ts";
import { DecisionChain, FIRST_TIP } from "./decision-chain.ts";
import { createEngine } from "./engine.ts";
import type { EngineEvent } from "./event.ts";
import { resumeState } from "./resume-state.ts";

const time = fc.integer({ min: 0, max: 4e15 }).map(timeUs);
const ticks = fc.integer({ min: -1e6, max: 1e6 }).map(priceTicks);
const price = fc.option(ticks);
const size = fc.nat(1e6).map(qty);
const side = fc.constantFrom("buy" as const, "sell" as const);
const order = fc.stringMatching(/^B-\d{6}$/);
const symbol = fc.constantFrom("MESH4", "ESH4");
const row = {
  tsUs: time,
  stampUs: time,
  symbol,
  source: fc.record({ run: fc.string({ maxLength: 9 }), seq: fc.nat() }),
};
const quote = { bid: price, bidSize: size, ask: price, askSize: size };
const levels = fc.array(fc.record({ price: ticks, size, orders: fc.nat(99) }), { maxLength: 10 });
const of = { tsUs: time, order, symbol };
const kind = <Kind extends string>(value: Kind) => fc.constant(value);

const { base } = emptyHoldings().ledger;
const held = { ...base, lots: [{ price: 19_200, qty: 1 }], side: "buy" };
const state = resumeState.parse({
  symbol: "MESH4",
  strategy: "sma-cross",
  parameters: { fast: 5 },
  limits: {},
  exits: {},
  decisionTip: FIRST_TIP,
  holdings: { ...emptyHoldings(), ledger: { base: held, booked: [] } },
});

const atVenue = {
  ref: fc.stringMatching(/^[1-9]\d{0,8}$/),
  symbol,
  side,
  qty: size,
  filled: size,
  type: fc.constantFrom("MKT", "STP LMT", "MIT"),
  price,
  stop: price,
  state: fc.constantFrom(
    "working" as const,
    "filled" as const,
    "cancelled" as const,
    "rejected" as const,
  ),
};
const foreign = fc.record({ order: fc.constant(null), ...atVenue, parent: fc.constant(null) });
const listed = fc.record({ order: fc.option(order), ...atVenue, parent: fc.option(order) });
const snapshot = fc.record({
  venue: fc.constant("sierra"),
  account: fc.constant("DU1234567"),
  orders: fc.array(listed, { maxLength: 3 }),
  done: fc.array(listed, { maxLength: 3 }),
  executions: fc.array(
    fc.record({
      exec: fc.stringMatching(/^[0-9a-f]{8}\.01$/),
      revision: fc.nat(3),
      order: fc.option(order),
      ref: atVenue.ref,
      symbol,
      side,
      qty: size,
      price: ticks,
      atUs: time,
    }),
    { maxLength: 3 },
  ),
  positions: fc.array(fc.record({ symbol, lots: fc.integer({ min: -9, max: 9 }) }), {
    maxLength: 2,
  }),
  definite: fc.boolean(),
});

const by = fc.constantFrom("cli" as const, "console" as const, "file" as const);
const person = { by, reason: fc.stringMatching(/^[ -~à-ü]{1,200}$/) };
const command = fc.oneof(
  fc.record({ kind: kind("kill"), flatten: fc.boolean(), ...person }),
  fc.record({ kind: kind("unkill"), ...person }),
  fc.record({ kind: kind("close-only"), on: fc.boolean(), ...person }),
  fc.record({ kind: kind("flatten"), ...person }),
  fc.record({ kind: kind("resume"), ...person }),
  fc.record({
    kind: kind("adopt"),
    symbol,
    lots: fc.integer({ min: -9, max: 9 }),
    price: fc.constantFrom("4800.25", "-1.00"),
    ...person,
  }),
  fc.record({ kind: kind("arm"), tradeDate: fc.constant("2024-01-09"), ...person }),
  fc.record({ kind: kind("disarm"), ...person }),
  fc.record({ kind: kind("cancel"), order, ...person }),
);

const event: fc.Arbitrary<EngineEvent> = fc.oneof(
  fc.record({
    kind: kind("trade"),
    ...row,
    ...quote,
    price: ticks,
    size,
    aggressor: fc.option(side),
  }),
  fc.record({ kind: kind("quote"), ...row, ...quote }),
  fc.record({ kind: kind("book"), ...row, bids: levels, asks: levels }),
  fc.record({ kind: kind("gap"), ...row }),
  fc.record({ kind: kind("clock"), tsUs: time }),
  fc.record({ kind: kind("freshness"), tsUs: time, fresh: fc.boolean() }),
  fc.record({ kind: kind("resume"), tsUs: time, state: fc.constant(state) }),
  fc.record({ kind: kind("acknowledged"), ...of }),
  fc.record({ kind: kind("moved"), ...of, price, stop: price }),
  fc.record({ kind: kind("cancelled"), ...of }),
  fc.record({
    kind: kind("cancel-rejected"),
    ...of,
    request: fc.constantFrom("cancel" as const, "move" as const),
    reason: fc.constantFrom("too-late" as const, "not-at-venue" as const),
  }),
  fc.record({ kind: kind("rejected"), ...of, reason: fc.constant("no-quote") }),
  fc.record({
    kind: kind("execution"),
    ...of,
    exec: fc.stringMatching(/^B-\d{6}\.\d$/),
    side,
    qty: size,
    price: ticks,
    venue: fc.constant("paper"),
  }),
  fc.record({
    kind: kind("correction"),
    ...of,
    exec: fc.stringMatching(/^B-\d{6}\.\d$/),
    revision: fc.integer({ min: 1, max: 9 }),
    side,
    qty: size,
    price: ticks,
    venue: fc.constant("paper"),
  }),
  fc.record({ kind: kind("absent"), ...of, reason: fc.constant("not-at-venue") }),
  fc.record({
    kind: kind("link"),
    tsUs: time,
    venue: fc.constant("sierra"),
    state: fc.constantFrom("down" as const, "syncing" as const, "ready" as const),
    reason: fc.option(fc.constant("link-silent")),
  }),
  fc.record({ kind: kind("snapshot"), tsUs: time, snapshot }),
  fc.record({ kind: kind("foreign"), tsUs: time, order: foreign }),
  fc.record({ kind: kind("command"), tsUs: time, command }),
  fc.record({
    kind: kind("watch"),
    tsUs: time,
    dog: fc.constant("disk-low"),
    barking: fc.boolean(),
  }),
);

describe("the capture codec", () => {
  it("gives back every event that it wrote, on one line", () => {
    fc.assert(
      fc.property(event, (one) => {
        const line = encodeEvent(one);
        expect(line).not.toContain("\n");
        expect(decodeEvent(line)).toEqual(JSON.parse(JSON.stringify(one)));
        expect(decodeEvent(encodeEvent(decodeEvent(line)))).toEqual(decodeEvent(line));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    "",
    "{",
    "[]",
    '{"kind":"moon","tsUs":1}',
    '{"kind":"clock","tsUs":1.5}',
    '{"kind":"clock","tsUs":1,"x":1}',
    '{"kind":"link","tsUs":1,"venue":"ib","state":"up","reason":null}',
    '{"kind":"correction","tsUs":1,"order":"B-1","symbol":"MESH4","exec":"x","revision":0,"side":"buy","qty":1,"price":1,"venue":"ib"}',
    '{"kind":"command","tsUs":1,"command":{"kind":"kill","flatten":false,"by":"cli","reason":"two\\nlines"}}',
    '{"kind":"command","tsUs":1,"command":{"kind":"kill","flatten":false,"by":"cli","reason":""}}',
  ])("refuses %j with one sentence", (line) => {
    expect(() => decodeEvent(line)).toThrow(/^expected a captured event, was /);
  });
});

describe("the decision chain", () => {
  const halt: Draft = { stream: "halt", body: { atUs: 1, reason: "x" } };
  const decision: Draft = {
    stream: "decision",
    body: {
      strategy: "s",
      symbol: "MESH4",
      atUs: 1,
      verdict: "pass",
      side: null,
      close: null,
      reasons: [],
    },
  };

  it("hashes the tip and the canonical text of chained records, and skips the others", () => {
    const chain = new DecisionChain();
    chain.add(halt);
    expect(chain.tip).toBe(FIRST_TIP);
    chain.add(decision);
    const text =
      '{"v":1,"stream":"decision","body":{"strategy":"s","symbol":"MESH4","atUs":1,"verdict":"pass","side":null,"close":null,"reasons":[]}}';
    expect(chain.tip).toBe(hex(sha256(new Uint8Array([...new Uint8Array(32), ...utf8(text)]))));
    expect(chain.records).toBe(1);
  });

  it("does not depend on the order in which a body's keys were written", () => {
    const { reasons, ...rest } = decision.body;
    const tips = [decision, { stream: "decision" as const, body: { reasons, ...rest } }].map(
      (draft) => {
        const chain = new DecisionChain();
        chain.add(draft);
        return chain.tip;
      },
    );
    expect(tips[0]).toBe(tips[1]);
  });
});

describe("the engine", () => {
  const cursor = new EventCursor();
  const engine = () => createEngine({ sink: { emit: () => undefined } });

  it("takes nothing before a resume", () => {
    expect(() => engine().step(cursor.at({ kind: "clock", tsUs: timeUs(1) }))).toThrow(
      "expected a resume event first, was clock",
    );
    expect(engine().status()).toBeNull();
  });

  it("asserts that the market clock never goes back", () => {
    const one = engine();
    one.step(cursor.at({ kind: "resume", tsUs: timeUs(10), state }));
    one.step(cursor.at({ kind: "clock", tsUs: timeUs(10) }));
    expect(() => one.step(cursor.at({ kind: "clock", tsUs: timeUs(9) }))).toThrow(
      "never goes back",
    );
  });

  it("says where it stands in the words of the signed status", () => {
    const one = engine();
    one.step(cursor.at({ kind: "resume", tsUs: timeUs(1_704_813_000_000_000), state }));
    expect(one.status()).toMatchObject({
      positions: [{ symbol: "MESH4", lots: 1, averagePrice: "4800.00", stop: null, last: null }],
      entries: {
        allowed: false,
        reasons: ["warming-up", "stale-data", "no-quote", "max-position"],
      },
      warming: true,
      restingOrders: 0,
    });
  });
});
