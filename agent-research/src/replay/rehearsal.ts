import { invariant, priceTicks, qty, seededRng, timeUs } from "@believe/shared/base";
import {
  createEngine,
  type Engine,
  type EngineEvent,
  EventCursor,
  encodeEvent,
  foldJournal,
  type JournalFold,
  resumeEvent,
} from "@believe/shared/engine";
import { instrumentOf } from "@believe/shared/market";
import {
  createPaperVenue,
  drive,
  type PaperVenue,
  type TimedMarketEvent,
} from "@believe/shared/match";
import { type Body, type Draft, type JournalRecord, record } from "@believe/shared/wire";

const SALT = "AAAAAAAAAAAAAAAAAAAAAA==";

/** The process died: thrown out of a step by a rehearsal that was told to die. */
export class Crash extends Error {}

export interface RehearsalOptions {
  readonly symbol?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly limits?: Readonly<Record<string, unknown>>;
  readonly latencyUs?: number;
  /** Spoils the cursor after each step, so that whatever was retained shows. */
  readonly spoil?: boolean;
}

/** Engine, paper venue, journal and capture in memory, driven the way the broker agent drives them. */
export class Rehearsal {
  readonly records: JournalRecord[] = [];
  /** Capture lines of each segment; every start begins a new one. */
  readonly segments: string[][] = [];
  readonly #options: RehearsalOptions;
  readonly #symbol: string;
  readonly #cursor = new EventCursor();
  #pending: Body<"intent">[] = [];
  #live: { readonly engine: Engine; readonly venue: PaperVenue } | null = null;
  /** Dies when the journal holds this many records. */
  crashAt: number | null = null;

  constructor(options: RehearsalOptions = {}) {
    this.#options = options;
    this.#symbol = options.symbol ?? "MESH4";
  }

  get engine(): Engine {
    invariant(this.#live, "a rehearsal was started");
    return this.#live.engine;
  }

  get venue(): PaperVenue {
    invariant(this.#live, "a rehearsal was started");
    return this.#live.venue;
  }

  #append(draft: Draft): void {
    const seq = this.records.length;
    const { stream, body } = draft;
    this.records.push(record.parse({ v: 1, seq, stream, wallUs: 0, body, salt: SALT }));
    if (draft.stream === "intent") this.#pending.push(draft.body);
    if (this.records.length === this.crashAt) throw new Crash();
  }

  /** Starts, or starts again after a crash, from the journal alone. */
  start(fresh = true): JournalFold {
    this.#pending = [];
    const fold = foldJournal(this.records, { symbol: this.#symbol });
    for (const draft of fold.owed) this.#append(draft);
    this.#pending = [];
    const venue = createPaperVenue({
      instruments: [instrumentOf(this.#symbol)],
      latencyUs: this.#options.latencyUs ?? 40_000,
      slippageTicks: 1,
      seed: "rehearsal",
    });
    venue.restore(fold.holdings.orders);
    const engine = createEngine({ sink: { emit: (draft) => this.#append(draft) } });
    this.#live = { engine, venue };
    this.segments.push([]);
    const { parameters = {}, limits = {} } = this.#options;
    const settings = { symbol: this.#symbol, strategy: "sma-cross", parameters, limits };
    this.step(resumeEvent(fold, settings));
    if (fresh) this.step({ kind: "freshness", tsUs: fold.marketUs, fresh: true });
    return fold;
  }

  /** One event into the capture, then the engine, then what it asked for to the venue. */
  step(event: EngineEvent): void {
    this.segments.at(-1)?.push(encodeEvent(event));
    this.engine.step(this.#cursor.at(event));
    if (this.#options.spoil)
      this.#cursor.at({
        kind: "gap",
        tsUs: timeUs(0),
        symbol: "ZZ",
        stampUs: timeUs(0),
        source: { run: "", seq: 0 },
      });
    const intents = this.#pending;
    this.#pending = [];
    for (const intent of intents) this.venue.submit(intent, event.tsUs);
  }

  /** A market event with everything that the venue has to say before and after it. */
  market(event: TimedMarketEvent): void {
    drive(this.venue, event, (one) => this.step(one));
  }

  of<Name extends Draft["stream"]>(stream: Name): JournalRecord[] {
    return this.records.filter((record) => record.stream === stream);
  }
}

/** A random walk of prints with their quotes, from 14:20 UTC (08:20 in Chicago) of 2024-01-09; same seed, same events. */
export function* walkedMarket(
  seed: string,
  minutes: number,
  symbol = "MESH4",
): Generator<TimedMarketEvent> {
  const rng = seededRng(seed);
  const startUs = 1_704_810_000_000_000;
  let bid = 19_200;
  let seq = 0;
  for (let at = 0; at < minutes * 60_000_000; ) {
    at += 50_000 + rng.below(900_000);
    const draw = rng.next();
    if (draw < 0.3) bid += rng.below(2) === 0 ? -1 : 1;
    if (draw < 0.02) bid += rng.below(13) - 6;
    const tsUs = timeUs(startUs + at);
    const row = { tsUs, stampUs: tsUs, symbol, source: { run: "walk", seq: seq++ } };
    const quote = {
      bid: priceTicks(bid),
      bidSize: qty(5 + rng.below(20)),
      ask: priceTicks(bid + 1),
      askSize: qty(5 + rng.below(20)),
    };
    const buys = rng.below(2) === 0;
    if (draw > 0.85) yield { kind: "quote", ...row, ...quote };
    else {
      const price = buys ? quote.ask : quote.bid;
      yield {
        kind: "trade",
        ...row,
        ...quote,
        price,
        size: qty(1),
        aggressor: buys ? "buy" : "sell",
      };
    }
  }
}
