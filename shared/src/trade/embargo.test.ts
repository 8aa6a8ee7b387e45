import { DAY_US, MINUTE_US, parseIsoUs, type TimeUs, timeUs } from "@believe/shared/base";
import { dueByUs, opensAtUs, tradeDateOf } from "@believe/shared/market";
import { type Draft, type JournalRecord, record, streams } from "@believe/shared/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Embargo } from "./embargo.ts";

const T0 = parseIsoUs("2024-01-08T15:00:00Z");
const SYMBOL = "MESH4";
const SALT = `${"A".repeat(22)}==`;

/** A journal in the making: each record with its minute and, by the story that wrote it, the trade that it tells of. */
class Story {
  readonly told: { record: JournalRecord; minuteUs: TimeUs; trade: number | null }[] = [];
  readonly endUs = new Map<number, TimeUs>();
  nowUs: TimeUs = T0;
  #orders = 0;
  #intents = 0;
  trades = 0;

  wait(minutes: number): this {
    this.nowUs = timeUs(this.nowUs + minutes * MINUTE_US);
    return this;
  }

  tell(draft: Draft, trade: number | null): void {
    const seq = this.told.length;
    const parsed = record.parse({ v: 1, seq, wallUs: 1, salt: SALT, ...draft });
    this.told.push({ record: parsed, minuteUs: this.nowUs, trade });
  }

  ask(action: "enter" | "protect" | "exit", trade: number): { order: string; intent: string } {
    const order = `B-${++this.#orders}`;
    return { order, intent: this.want(action, order, trade) };
  }

  want(action: "enter" | "protect" | "exit" | "move" | "cancel", order: string, trade: number) {
    const intent = `I-${++this.#intents}`;
    const price = { side: "buy", qty: 1, type: "STP", price: null, stop: "1.25" } as const;
    const body = { intent, order, strategy: "s", symbol: SYMBOL, atUs: this.nowUs, action };
    this.tell({ stream: "intent", body: { ...body, ...price, reason: "r" } }, trade);
    return intent;
  }

  answer(
    { order, intent }: { order: string; intent: string },
    state: "acknowledged" | "moved" | "cancelled" | "rejected" | "expired" | "filled",
    trade: number,
  ): void {
    const body = { order, intent, symbol: SYMBOL, atUs: this.nowUs, state, reason: null };
    this.tell({ stream: "order", body }, trade);
  }

  fill(asked: { order: string; intent: string }, trade: number, lots: number): void {
    const exec = `E-${this.told.length}`;
    const did = { exec, order: asked.order, symbol: SYMBOL, atUs: this.nowUs } as const;
    const how = { side: "buy", qty: 1, price: "1.25" } as const;
    this.tell({ stream: "execution", body: { ...did, ...how, venue: "v" } }, trade);
    const of = { trade: `T-${trade}`, fee: "0.50", role: "entry", reason: "r" } as const;
    this.tell({ stream: "fill", body: { ...did, ...how, ...of } }, trade);
    const at = { symbol: SYMBOL, atUs: this.nowUs, lots, averagePrice: null, realised: "0.00" };
    this.tell({ stream: "position", body: { ...at, trade: lots ? `T-${trade}` : null } }, trade);
    if (lots === 0) this.close(trade);
    this.answer(asked, "filled", trade);
  }

  close(trade: number): void {
    const what = {
      trade: `T-${trade}`,
      strategy: "s",
      symbol: SYMBOL,
      side: "buy",
      qty: 1,
    } as const;
    const when = { enteredAtUs: 1, exitedAtUs: this.nowUs, entryPrice: "1", exitPrice: "1" };
    const body = { ...what, ...when, stop: "1", gross: "0.00", fees: "0.00", net: "0.00", r: null };
    this.tell({ stream: "trade", body: { ...body, reason: "r" } }, trade);
  }

  decide(): void {
    const body = { strategy: "s", symbol: SYMBOL, atUs: this.nowUs, verdict: "pass" } as const;
    const saw = { side: null, close: "1.25", reasons: [] };
    this.tell({ stream: "decision", body: { ...body, ...saw } }, null);
  }

  halt(trade: number | null): void {
    this.tell({ stream: "halt", body: { atUs: this.nowUs, reason: "daily-loss" } }, trade);
  }

  redact(seq: number): void {
    this.tell({ stream: "redaction", body: { seq, reason: "names a person" } }, null);
  }

  /** A round turn: entered, protected, its stop moved, left by the stop or by an exit that makes the stop superfluous. */
  turn({ works, holds, moves, byStop }: Turn): void {
    const trade = ++this.trades;
    const entry = this.ask("enter", trade);
    this.answer(entry, "acknowledged", trade);
    this.wait(works);
    this.fill(entry, trade, 1);
    const stop = this.ask("protect", trade);
    this.answer(stop, "acknowledged", trade);
    for (let i = 0; i < moves; i++) {
      this.wait(holds / (moves + 1));
      this.answer({ ...stop, intent: this.want("move", stop.order, trade) }, "moved", trade);
      this.halt(trade);
      this.decide();
    }
    this.wait(holds / (moves + 1));
    if (byStop) this.fill(stop, trade, 0);
    else {
      const cancel = this.want("cancel", stop.order, trade);
      this.answer({ ...stop, intent: cancel }, "cancelled", trade);
      const exit = this.ask("exit", trade);
      this.answer(exit, "acknowledged", trade);
      this.fill(exit, trade, 0);
    }
    this.endUs.set(trade, this.nowUs);
  }

  /** An entry that never filled. */
  miss(works: number): void {
    const trade = ++this.trades;
    const entry = this.ask("enter", trade);
    this.wait(works);
    this.answer(entry, "rejected", trade);
    this.endUs.set(trade, this.nowUs);
  }
}

interface Turn {
  readonly works: number;
  readonly holds: number;
  readonly moves: number;
  readonly byStop: boolean;
}

/** The seqs that are open at `atUs` by a journal of which only what was sealed by then is known. */
function openAt({ told }: Story, atUs: TimeUs): Set<number> {
  const embargo = new Embargo();
  const known = told.filter(({ minuteUs }) => minuteUs < atUs);
  for (const { record, minuteUs } of known) embargo.add(record, minuteUs);
  const open = known.filter(({ record, minuteUs }) => {
    const due = embargo.dueUs(record, minuteUs);
    return due !== null && due <= atUs;
  });
  return new Set(open.map(({ record }) => record.seq));
}

const isWithin = (part: Set<number>, whole: Set<number>): boolean =>
  [...part].every((seq) => whole.has(seq));

function embargoOf({ told }: Story): Embargo {
  const embargo = new Embargo();
  for (const { record, minuteUs } of told) embargo.add(record, minuteUs);
  return embargo;
}

/** Every opening time from the first record until a week after the last. */
function openings({ nowUs }: Story): TimeUs[] {
  const times: TimeUs[] = [];
  for (let at = T0 + DAY_US; at < nowUs + 8 * DAY_US; at += DAY_US) {
    const due = dueByUs(timeUs(at));
    if (due !== times.at(-1)) times.push(due);
  }
  return times;
}

const MINUTES = 4 * 1440;
const chapter = fc.oneof(
  fc.record({
    kind: fc.constant("turn" as const),
    works: fc.integer({ min: 0, max: MINUTES }),
    holds: fc.integer({ min: 0, max: MINUTES }),
    moves: fc.nat(2),
    byStop: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("miss" as const), works: fc.nat(MINUTES) }),
  fc.record({ kind: fc.constant("wait" as const), minutes: fc.nat(MINUTES) }),
  fc.record({ kind: fc.constant("say" as const) }),
);
const stories = fc.array(chapter, { minLength: 1, maxLength: 6 }).map((chapters) => {
  const story = new Story();
  for (const it of chapters) {
    if (it.kind === "turn") story.turn({ ...it, holds: it.holds - (it.holds % 6) });
    else if (it.kind === "miss") story.miss(it.works);
    else if (it.kind === "wait") story.wait(it.minutes);
    else {
      story.decide();
      story.halt(null);
    }
  }
  return story;
});

describe("whatever was traded", () => {
  it("no record of an open trade or a working order is open before the trade date of its end is due", () => {
    fc.assert(
      fc.property(stories, (story) => {
        for (const atUs of openings(story)) {
          const open = openAt(story, atUs);
          for (const { record, trade } of story.told) {
            if (trade === null || !open.has(record.seq)) continue;
            const endUs = story.endUs.get(trade) ?? Number.POSITIVE_INFINITY;
            expect(endUs < atUs && opensAtUs(tradeDateOf(timeUs(endUs))) <= atUs).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("the set of open records only grows, by those of a new date and those that are named as late", () => {
    fc.assert(
      fc.property(stories, (story) => {
        let beforeUs = timeUs(0);
        let before = new Set<number>();
        for (const atUs of openings(story)) {
          const open = openAt(story, atUs);
          expect(isWithin(before, open)).toBe(true);
          const embargo = embargoOf(story);
          const late = new Set(embargo.lateBetween(beforeUs, atUs));
          for (const { record, minuteUs } of story.told) {
            if (!open.has(record.seq) || before.has(record.seq)) continue;
            const ownUs = embargo.ownDueUs(minuteUs);
            expect(late.has(record.seq) || (ownUs > beforeUs && ownUs <= atUs)).toBe(true);
          }
          expect(isWithin(late, open)).toBe(true);
          [before, beforeUs] = [open, atUs];
        }
      }),
      { numRuns: 60 },
    );
  });

  it("in the end everything is open but what never opens", () => {
    fc.assert(
      fc.property(stories, (story) => {
        const open = openAt(story, openings(story).at(-1) ?? T0);
        for (const { record } of story.told) {
          const { opens } = streams[record.stream];
          expect(open.has(record.seq), record.stream).toBe(opens === "after-embargo");
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("the embargo", () => {
  const TUESDAY = opensAtUs("2024-01-08");
  const WEDNESDAY = opensAtUs("2024-01-09");
  const streamsOpenAt = (story: Story, atUs: TimeUs): string[] => {
    const open = openAt(story, atUs);
    return story.told.filter((it) => open.has(it.record.seq)).map((it) => it.record.stream);
  };

  it("holds a trade over night with all that tells of it, and lets go of the rest of the minute", () => {
    const story = new Story();
    story.halt(null);
    story.turn({ works: 0, holds: 1440, moves: 1, byStop: true });
    expect(streamsOpenAt(story, TUESDAY)).toEqual(["halt"]);
    expect(openAt(story, WEDNESDAY).size).toBe(
      story.told.filter(({ record }) => record.stream !== "decision").length,
    );
  });

  it("holds an order that still works, though nothing was filled", () => {
    const story = new Story();
    story.miss(1440);
    expect(streamsOpenAt(story, TUESDAY)).toEqual([]);
    expect(streamsOpenAt(story, WEDNESDAY)).toEqual(["intent", "order"]);
  });

  it("never opens what is redacted, and opens the record that says so", () => {
    const story = new Story();
    story.halt(null);
    story.halt(null);
    story.redact(1);
    expect([...openAt(story, TUESDAY)]).toEqual([0, 2]);
    expect(embargoOf(story).lateBetween(timeUs(0), WEDNESDAY)).toEqual([]);
  });

  it("holds the rest of an entry that fills after its first part was closed, and takes nothing back", () => {
    const story = new Story();
    const entry = story.ask("enter", 1);
    story.fill(entry, 1, 1);
    const exit = story.ask("exit", 1);
    story.fill(exit, 1, 0);
    story.wait(2 * 1440);
    const open = openAt(story, TUESDAY);
    expect(open.size).toBe(story.told.length);
    const late = story.told.length;
    story.fill(entry, 1, 1);
    story.wait(3 * 1440);
    const friday = openAt(story, opensAtUs("2024-01-11"));
    expect([...friday].every((seq) => seq < late)).toBe(true);
    expect(friday).toEqual(open);
  });
});
