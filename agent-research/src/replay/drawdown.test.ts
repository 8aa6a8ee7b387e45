import { DAY_US, timeUs } from "@believe/shared/base";
import { foldJournal } from "@believe/shared/engine";
import { SessionCalendar } from "@believe/shared/market";
import type { TimedMarketEvent } from "@believe/shared/match";
import { draftOf } from "@believe/shared/trade";
import type { JournalRecord } from "@believe/shared/wire";
import { describe, expect, it } from "vitest";
import { Rehearsal, type RehearsalOptions, walkedMarket } from "./rehearsal.ts";

/** Two trade dates of the walk, half an hour each. */
function* twoDates(seed: string): Generator<TimedMarketEvent> {
  for (const [day, part] of [`${seed}-1`, `${seed}-2`].entries()) {
    for (const event of walkedMarket(part, 30)) {
      const tsUs = timeUs(event.tsUs + day * DAY_US + 20 * 60_000_000);
      yield { ...event, tsUs, stampUs: tsUs };
    }
  }
}

interface Mark {
  readonly tradeDate: string;
  readonly seq: number;
  readonly minor: number;
}

const TICK = 125;
const FEE = 62;
const cents = (price: string): number => Math.round(Number(price) * 4) * TICK;

/** The equity at every decision, from the cash that each fill moved: another sum than the ledger's. */
function marksOf(records: readonly JournalRecord[]): Mark[] {
  const calendar = new SessionCalendar();
  const marks: Mark[] = [];
  let cash = 0;
  let lots = 0;
  for (const record of records) {
    const { stream, body } = draftOf(record);
    if (stream === "fill") {
      const signed = body.side === "buy" ? body.qty : -body.qty;
      lots += signed;
      cash -= signed * cents(body.price) + body.qty * FEE;
    }
    if (stream !== "decision" || body.close === null) continue;
    const minor = cash + lots * cents(body.close) - Math.abs(lots) * FEE;
    const { tradeDate } = calendar.span(timeUs(body.atUs)).state;
    marks.push({ tradeDate, seq: record.seq, minor: minor === 0 ? 0 : minor });
  }
  return marks;
}

/** The first mark that stands `max` below the peak of its kind. */
function reached(marks: readonly Mark[], from: "intraday-peak" | "end-of-day-peak", max: number) {
  let peak = 0;
  let last: Mark | null = null;
  for (const mark of marks) {
    if (from === "intraday-peak") peak = Math.max(peak, mark.minor);
    else if (last !== null && last.tradeDate !== mark.tradeDate) peak = Math.max(peak, last.minor);
    if (peak - mark.minor >= max) return mark;
    last = mark;
  }
  return null;
}

function played(seed: string, limits: RehearsalOptions["limits"], restartEvery = 0): Rehearsal {
  const rehearsal = new Rehearsal(limits === undefined ? {} : { limits });
  rehearsal.start();
  let n = 0;
  for (const event of twoDates(seed)) {
    rehearsal.market(event);
    if (restartEvery > 0 && ++n % restartEvery === 0) rehearsal.start();
  }
  return rehearsal;
}

/** Far below both peaks after a while, and sooner below the one of all marks. */
const MAX = 3_000;
const SEED = "e";
const WIDE = { ordersPerMinuteMax: 60, dailyLossMinorMax: 10_000_000 };

describe("a drawdown over a played tape", () => {
  it.each(["intraday-peak", "end-of-day-peak"] as const)(
    "from the %s ends entries and leaves the position at the first mark that reaches it",
    (drawdownFrom) => {
      const { records } = played(SEED, { ...WIDE, drawdownMinorMax: MAX, drawdownFrom });
      const halts = records.filter(({ stream }) => stream === "halt");
      expect(halts.map(({ body }) => body)).toMatchObject([{ reason: "drawdown" }]);
      const halt = halts[0]?.seq ?? 0;
      const marks = marksOf(records);
      const first = reached(marks, drawdownFrom, MAX);
      expect(first?.seq, "the decision follows its halt").toBe(halt + 1);
      const later = records.slice(halt).map(draftOf);
      const entries = later.filter(
        ({ stream, body }) => stream === "intent" && body.action === "enter",
      );
      expect(entries).toEqual([]);
      expect(foldJournal(records, { symbol: "MESH4" }).holdings.ledger.base.lots).toEqual([]);
    },
  );

  it("would end sooner from the one peak than from the other: the cases above differ", () => {
    const free = marksOf(played(SEED, WIDE).records);
    const [intraday, endOfDay] = (["intraday-peak", "end-of-day-peak"] as const).map(
      (from) => reached(free, from, MAX)?.seq ?? Number.NaN,
    );
    expect(intraday).toBeLessThan(endOfDay ?? 0);
  });

  it("leaves an open position with the reason", () => {
    const { records } = played(SEED, { ...WIDE, drawdownMinorMax: 1 });
    const exits = records
      .map(draftOf)
      .flatMap(({ stream, body }) =>
        stream === "intent" && body.action === "exit" ? [body.reason] : [],
      );
    expect(exits).toEqual(["drawdown"]);
  });

  it("keeps its peaks over every restart: the journal alone leads to the same equity", () => {
    const { records, engine } = played(SEED, WIDE, 499);
    const marks = marksOf(records);
    const equity = engine.holdings?.equity;
    expect(equity).toEqual(foldJournal(records, { symbol: "MESH4" }).holdings.equity);
    const ended = marks.filter(
      (mark, i) => marks[i + 1]?.tradeDate === "2024-01-10" && mark.tradeDate === "2024-01-09",
    );
    expect(ended).toHaveLength(1);
    expect(equity).toEqual({
      tradeDate: "2024-01-10",
      minor: marks.at(-1)?.minor,
      intradayPeakMinor: Math.max(0, ...marks.map(({ minor }) => minor)),
      endOfDayPeakMinor: Math.max(0, ...ended.map(({ minor }) => minor)),
      elsewhereMinor: 0,
    });
  });

  it("is not forgotten with the contract: the next one goes on from the account's equity", () => {
    const { records, engine } = played(SEED, { ...WIDE, drawdownMinorMax: MAX });
    const before = foldJournal(records, { symbol: "MESH4" }).holdings.equity;
    const { holdings } = foldJournal(records, { symbol: "MESM4" });
    expect(holdings.equity).toEqual({ ...before, elsewhereMinor: engine.holdings?.realised });
    expect(holdings.equity.minor).toBe(engine.holdings?.realised);
    expect(holdings.halts).toMatchObject([{ reason: "drawdown" }]);
  });

  it("stands over the night and a restart until a person resumes, who grants new peaks", () => {
    const rehearsal = new Rehearsal({ limits: { ...WIDE, drawdownMinorMax: 2_000 } });
    rehearsal.start();
    for (const event of twoDates(SEED)) rehearsal.market(event);
    rehearsal.start();
    const reasons = () => rehearsal.engine.status()?.entries.reasons ?? [];
    expect(reasons()).toContain("drawdown");
    const tsUs = timeUs(rehearsal.engine.nowUs ?? 0);
    const command = { kind: "resume", by: "cli", reason: "test" } as const;
    rehearsal.step({ kind: "command", tsUs, command });
    expect(reasons()).not.toContain("drawdown");
    const { equity } = foldJournal(rehearsal.records, { symbol: "MESH4" }).holdings;
    expect(equity.intradayPeakMinor).toBe(equity.minor);
    expect(equity).toEqual(rehearsal.engine.holdings?.equity);
  });
});
