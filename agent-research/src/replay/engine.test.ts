import { isoUs, priceTicks, qty, timeUs } from "@believe/shared/base";
import { CaptureReplay, foldJournal, replayCapture } from "@believe/shared/engine";
import type { TimedMarketEvent } from "@believe/shared/match";
import { figuresOf, Lots } from "@believe/shared/trade";
import type { JournalRecord } from "@believe/shared/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Crash, Rehearsal, type RehearsalOptions, walkedMarket } from "./rehearsal.ts";

const MINUTES = 60;

function played(seed: string, options: RehearsalOptions = {}): Rehearsal {
  const rehearsal = new Rehearsal(options);
  rehearsal.start();
  for (const event of walkedMarket(seed, MINUTES)) rehearsal.market(event);
  return rehearsal;
}

/** What must hold of any journal, however often its writer died. */
function checkJournal(records: readonly JournalRecord[]): void {
  const intents = new Set<string>();
  const asked = new Set<string>();
  const execs = new Set<string>();
  const finished = new Set<string>();
  const lots = new Lots();
  let settled = 0;
  for (const { stream, body } of records) {
    if (stream === "intent" && "intent" in body && "action" in body) {
      expect(intents.has(body.intent), `intent ${body.intent} is minted once`).toBe(false);
      intents.add(body.intent);
      if (body.action === "move" || body.action === "cancel") continue;
      expect(asked.has(body.order), `order ${body.order} is asked for once`).toBe(false);
      asked.add(body.order);
    }
    if (stream === "execution" && "venue" in body) {
      expect(execs.has(body.exec), `execution ${body.exec} is recorded once`).toBe(false);
      execs.add(body.exec);
      expect(finished.has(body.order), `${body.order} fills while it is live`).toBe(false);
    }
    if (stream === "order" && "state" in body && ["filled", "cancelled"].includes(body.state)) {
      finished.add(body.order);
    }
    if (stream === "fill" && "fee" in body) {
      lots.fill(body.side, body.qty, priceTicks(Number(body.price) * 4));
      settled++;
      expect(Math.abs(lots.net), "a position is never doubled").toBeLessThanOrEqual(1);
    }
    if (stream === "position" && "lots" in body) expect(body.lots).toBe(lots.net);
  }
  expect(settled).toBe(execs.size);
}

describe("a session of engine and paper venue", () => {
  it("trades, is stopped out, cancels, and warms up within ten minutes", () => {
    const { records } = played("plain");
    const count = (stream: string, text = ""): number =>
      records.filter((one) => one.stream === stream && JSON.stringify(one.body).includes(text))
        .length;
    expect(count("decision")).toBeGreaterThan(500);
    expect(count("decision", '"warming"') * 5).toBeLessThanOrEqual(600);
    expect(count("fill")).toBeGreaterThanOrEqual(10);
    expect(count("fill", '"stop"')).toBeGreaterThanOrEqual(1);
    expect(count("order", '"cancelled"')).toBeGreaterThanOrEqual(1);
    checkJournal(records);
  });

  it("gives one decision tip for the same events, replayed, folded, and with a cursor that forgets", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), (seed) => {
        const first = played(seed);
        const tip = first.engine.decisionTip;
        expect(played(seed, { spoil: true }).engine.decisionTip).toBe(tip);
        const replayed = replayCapture(first.segments[0] ?? []);
        expect(replayed.decisionTip).toBe(tip);
        expect(replayed.drafts).toEqual(
          first.records.map(({ stream, body }) => ({ stream, body })),
        );
        const fold = foldJournal(first.records, { symbol: "MESH4" });
        expect(fold.decisionTip).toBe(tip);
        expect(fold.holdings.counters).toEqual(first.engine.holdings?.counters);
      }),
      { numRuns: 5 },
    );
  }, 60_000);

  it("gives another tip when one print is another", () => {
    const tips = [0, 1].map((moved) => {
      const rehearsal = new Rehearsal();
      rehearsal.start();
      let n = 0;
      for (const event of walkedMarket("moved", 20)) {
        const shifts = n++ > 1500 && event.kind === "trade" && moved === 1;
        rehearsal.market(shifts ? { ...event, price: priceTicks(event.price + 3) } : event);
      }
      return rehearsal.engine.decisionTip;
    });
    expect(tips[0]).not.toBe(tips[1]);
  });

  it("dies at any record and goes on from the journal: nothing doubled, nothing lost, every segment replays", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(1_000, 40_000, 900_000),
        (seed, gaps, latencyUs) => {
          const rehearsal = new Rehearsal({ latencyUs });
          rehearsal.start();
          let crashes = 0;
          const arm = (): void => {
            const gap = gaps[crashes];
            rehearsal.crashAt = gap === undefined ? null : rehearsal.records.length + gap;
          };
          arm();
          for (const event of walkedMarket(seed, MINUTES / 2)) {
            try {
              rehearsal.market(event);
            } catch (error) {
              if (!(error instanceof Crash)) throw error;
              crashes++;
              rehearsal.crashAt = null;
              rehearsal.start();
              arm();
            }
          }
          expect(crashes).toBeGreaterThan(0);
          checkJournal(rehearsal.records);
          const fold = foldJournal(rehearsal.records, { symbol: "MESH4" });
          expect(fold.decisionTip).toBe(rehearsal.engine.decisionTip);
          let before: readonly string[] | null = null;
          for (const lines of rehearsal.segments) {
            const replay = new CaptureReplay();
            for (const line of lines) replay.push(line);
            if (before) expect(before).toContain(replay.resumedTip);
            before = replay.tips;
          }
          expect(before?.at(-1)).toBe(rehearsal.engine.decisionTip);
          const figures = figuresOf([genesis(), ...rehearsal.records], { n: 0, atUs: 0 });
          const realised = rehearsal.engine.holdings?.realised ?? 0;
          expect(Number(figures.net)).toBeCloseTo(realised / 100, 6);
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it("is checked by a checker that sees a doubled intent, a doubled execution and a lost fill", () => {
    const { records } = played("plain");
    const without = records.findIndex((one) => one.stream === "fill");
    const twice = (stream: string): JournalRecord[] =>
      records.flatMap((one) => (one.stream === stream ? [one, one] : [one]));
    expect(() => checkJournal(records)).not.toThrow();
    expect(() => checkJournal(twice("intent"))).toThrow();
    expect(() => checkJournal(twice("execution"))).toThrow();
    expect(() => checkJournal(records.filter((_, i) => i !== without))).toThrow();
    expect(() => foldJournal(twice("fill"), { symbol: "MESH4" })).toThrow(/expected a position/);
  });

  it("protects an open position again when its stop was never acknowledged", () => {
    const rehearsal = new Rehearsal();
    rehearsal.start();
    const market = walkedMarket("plain", MINUTES);
    const protects = (): number =>
      rehearsal.records.filter((one) => "action" in one.body && one.body.action === "protect")
        .length;
    for (const event of market) {
      rehearsal.market(event);
      if (protects() === 1) break;
    }
    const at = rehearsal.records.findIndex(
      (one) => "action" in one.body && one.body.action === "protect",
    );
    rehearsal.records.length = at + 1;
    const fold = rehearsal.start();
    expect(fold.expired.map((intent) => intent.action)).toEqual(["protect"]);
    const next = market.next();
    if (next.done !== true) rehearsal.market(next.value);
    expect(protects()).toBe(2);
    expect(rehearsal.engine.holdings?.net).not.toBe(0);
  });

  it("asks for no entry before the data is fresh", () => {
    const rehearsal = new Rehearsal();
    rehearsal.start(false);
    for (const event of walkedMarket("plain", MINUTES)) rehearsal.market(event);
    expect(rehearsal.of("intent")).toEqual([]);
    expect(rehearsal.engine.status()?.entries).toEqual({ allowed: false, reasons: ["stale-data"] });
    expect(JSON.stringify(rehearsal.of("decision"))).toContain('"blocked"');
  });

  it("ignores an execution told twice and ends entries for an order that nobody asked for", () => {
    const rehearsal = played("plain");
    const told = rehearsal.records.length;
    const tsUs = timeUs(rehearsal.engine.status()?.marketUs ?? 0);
    const last = rehearsal.of("execution").at(-1);
    if (!last || !("venue" in last.body && "exec" in last.body)) throw new Error("no execution");
    const { exec, order, side } = last.body;
    const told2 = {
      kind: "execution",
      tsUs,
      order,
      symbol: "MESH4",
      exec,
      side,
      qty: qty(1),
    } as const;
    rehearsal.step({ ...told2, price: priceTicks(19_000), venue: "paper" });
    expect(rehearsal.records.length).toBe(told);
    rehearsal.step({ kind: "acknowledged", tsUs, order: "B-999999", symbol: "MESH4" });
    expect(rehearsal.records.at(-1)?.body).toEqual({ atUs: tsUs, reason: "unknown-order" });
    expect(rehearsal.engine.status()?.entries.reasons).toContain("unknown-order");
    expect(foldJournal(rehearsal.records, { symbol: "MESH4" }).holdings.halts).toHaveLength(1);
  });

  /** A session that is about to be left by time: a position with its stop at rest, just before 14:55 in Chicago. */
  function beforeFlat(latencyUs: number): { rehearsal: Rehearsal; last: TimedMarketEvent } {
    const rehearsal = new Rehearsal({ latencyUs });
    rehearsal.start();
    const shiftUs = 6 * 3_600_000_000 - 10 * 60_000_000;
    for (const event of walkedMarket("plain", 25)) {
      const last = { ...event, tsUs: timeUs(event.tsUs + shiftUs) };
      rehearsal.market(last);
      if (rehearsal.engine.holdings?.net !== 0 && rehearsal.venue.resting === 1) {
        return { rehearsal, last };
      }
    }
    throw new Error("expected a position, was none");
  }
  const FLAT_US = 1_704_833_700_000_000;

  it("is flat by 14:55 in Chicago, in silence too", () => {
    const { rehearsal, last } = beforeFlat(40_000);
    expect(isoUs(timeUs(FLAT_US))).toBe("2024-01-09T20:55:00.000000Z");
    rehearsal.step({ kind: "clock", tsUs: timeUs(FLAT_US) });
    expect(rehearsal.records.at(-1)?.body).toMatchObject({
      action: "cancel",
      reason: "flat-by-time",
    });
    for (const after of [1, 2, 3]) {
      rehearsal.market({ ...last, tsUs: timeUs(FLAT_US + after * 1_000_000) });
    }
    expect(rehearsal.engine.holdings?.net).toBe(0);
    expect(rehearsal.venue.resting).toBe(0);
    checkJournal(rehearsal.records);
  });

  it("asks for no exit when the stop fills while its cancel is in flight", () => {
    const { rehearsal, last } = beforeFlat(1_000_000);
    const [held] = rehearsal.engine.holdings?.orders.values() ?? [];
    rehearsal.step({ kind: "clock", tsUs: timeUs(FLAT_US) });
    const stop = held?.stop ?? priceTicks(0);
    const row = { tsUs: timeUs(FLAT_US + 500_000), price: stop, size: qty(1), aggressor: null };
    const through = {
      ...last,
      ...row,
      kind: "trade",
      bid: stop,
      bidSize: qty(1),
      ask: stop,
      askSize: qty(1),
    };
    rehearsal.market({ ...through, kind: "trade" });
    expect(rehearsal.engine.holdings?.net).toBe(0);
    for (const after of [1, 2, 3, 4]) {
      rehearsal.market({ ...last, tsUs: timeUs(FLAT_US + after * 1_000_000) });
    }
    const tail = rehearsal.records.map((one) => JSON.stringify(one.body)).join("\n");
    expect(tail).toContain('"state":"rejected","reason":"too-late"');
    expect(tail).not.toContain('"action":"exit"');
    expect(rehearsal.engine.holdings?.net).toBe(0);
    expect(rehearsal.engine.holdings?.unanswered).toEqual([]);
    checkJournal(rehearsal.records);
  });

  it("ends entries and leaves when the venue refuses the protective stop", () => {
    const rehearsal = new Rehearsal();
    rehearsal.start();
    const market = walkedMarket("plain", MINUTES);
    const wants = (action: string) =>
      rehearsal.records.findLast((one) => "action" in one.body && one.body.action === action);
    for (const event of market) {
      rehearsal.market(event);
      if (wants("protect")) break;
    }
    const asked = wants("protect")?.body;
    if (!asked || !("order" in asked && "action" in asked))
      throw new Error("expected a stop, was none");
    const tsUs = timeUs(rehearsal.engine.nowUs ?? 0);
    rehearsal.step({
      kind: "rejected",
      tsUs,
      order: asked.order,
      symbol: "MESH4",
      reason: "margin",
    });
    expect(rehearsal.of("halt").at(-1)?.body).toMatchObject({ reason: "protect-rejected" });
    expect(wants("exit")?.body).toMatchObject({ reason: "protect-rejected", qty: 1 });
    expect(rehearsal.engine.status()?.entries.reasons).toContain("protect-rejected");
  });
});

function genesis(): JournalRecord {
  const body = {
    brand: "b",
    origin: "o",
    account: { kind: "paper" as const, name: "p" },
    feed: { name: "f", licensed: false },
    instruments: [],
    journalKey: "k",
    statusKey: "k",
  };
  return { v: 1, seq: 0, stream: "genesis", wallUs: 0, body, salt: "AAAAAAAAAAAAAAAAAAAAAA==" };
}
