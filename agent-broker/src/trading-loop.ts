import { nodeSha256 } from "@believe/host/keys";
import { InvariantBroken, MINUTE_US, type TimeUs } from "@believe/shared/base";
import {
  createEngine,
  type Engine,
  type EngineEvent,
  type EngineStatus,
  EventCursor,
  type ResumeState,
} from "@believe/shared/engine";
import { type MarketEvent, SessionCalendar, type TimedMarketEvent } from "@believe/shared/market";
import { TradeFailure, type VenueEvent } from "@believe/shared/trade";
import type { Body, Command, Draft } from "@believe/shared/wire";
import type { MarketClock } from "./clock/market-clock.ts";
import type { Capture } from "./record/capture.ts";
import type { Journal } from "./record/journal.ts";

const BROKEN = "invariant-broken";

/** Where a step stands: its event captured, its lines durable, its intents sent. */
export type LoopPoint = "captured" | "durable" | "sent";

/** The way of an order out and of a word back: the bridge, or a venue inside this process. */
export interface OrderPath {
  submit(intent: Body<"intent">, tsUs: TimeUs): void;
  due(tsUs: TimeUs): VenueEvent | null;
  onMarket(event: TimedMarketEvent): readonly VenueEvent[];
}

export interface TradingLoopOptions {
  readonly venue: OrderPath;
  readonly journal: Journal;
  readonly capture: Capture;
  readonly clock: MarketClock;
  /** What the engine goes on from at a new trade date: its holdings and chain, the rest as configured. */
  readonly resumeFrom: (engine: Engine) => ResumeState;
  readonly onSegment: (segment: string) => void;
  /** Looks on at the points between which a crash matters: for fault tests. */
  readonly probe?: (point: LoopPoint, drafts: readonly Draft[]) => void;
}

/**
 * Feeds the engine one event at a time and acts on what it wants: the event is captured, the step's lines are
 * journaled and synced, and only then are its intents sent. One thread, no awaits: nothing comes in between.
 */
export class TradingLoop {
  readonly #options: TradingLoopOptions;
  readonly #engine: Engine;
  readonly #cursor = new EventCursor();
  readonly #calendar = new SessionCalendar();
  #drafts: Draft[] = [];
  /** What broke a promise of ours; nothing is done after it. */
  #broken: unknown = null;
  #minuteEndsUs = 0;
  #tradeDate = "";
  #fresh = false;

  constructor(options: TradingLoopOptions) {
    this.#options = options;
    this.#engine = createEngine({
      sink: { emit: (draft) => this.#drafts.push(draft) },
      sha256: nodeSha256,
    });
  }

  get decisionTip(): string {
    return this.#engine.decisionTip;
  }

  /** What the engine holds and has asked for; null before the first resume. */
  get holdings(): Engine["holdings"] {
    return this.#engine.holdings;
  }

  /** How the venue's connection stands; null before the first resume. */
  get connection(): Engine["connection"] {
    return this.#engine.connection;
  }

  status(): EngineStatus | null {
    return this.#engine.status();
  }

  /** Begins a capture segment and the engine's run with it. */
  resume(atUs: TimeUs, state: ResumeState): void {
    this.#tradeDate = this.#calendar.span(atUs).state.tradeDate;
    this.#fresh = false;
    this.#options.capture.open();
    this.#dispatch({ kind: "resume", tsUs: this.#options.clock.advance(atUs), state });
    this.#options.capture.write();
  }

  /** A batch of rows as the feed delivered them. */
  onMarket(events: readonly MarketEvent[]): void {
    const { clock, venue, capture } = this.#options;
    for (const event of events) {
      const timed = { ...event, tsUs: clock.ofRow(event.stampUs, event.source) };
      this.#turnTo(timed.tsUs);
      this.#dispatch(timed);
      for (const word of venue.onMarket(timed)) this.#hear(word);
    }
    capture.write();
  }

  /** Silence: timers that are due fire, and what the venue owes by then is heard. */
  onSilence(atUs: TimeUs): void {
    if (atUs <= this.#options.clock.lastUs) return;
    this.#turnTo(atUs);
    this.#dispatch({ kind: "clock", tsUs: this.#options.clock.advance(atUs) });
    this.#options.capture.write();
  }

  /** What the venue has said by now, whether or not the market moves. */
  onVenue(atUs: TimeUs): void {
    this.#hearDue(atUs);
    this.#options.capture.write();
  }

  /** A person's act, as an event of its own instant. */
  onCommand(command: Command): void {
    this.#dispatch({ kind: "command", tsUs: this.#options.clock.lastUs, command });
    this.#options.capture.write();
  }

  /** A watchdog's changed verdict. */
  onWatch(dog: string, barking: boolean): void {
    this.#dispatch({ kind: "watch", tsUs: this.#options.clock.lastUs, dog, barking });
    this.#options.capture.write();
  }

  /** The freshness gate's verdict; only a change is an event. */
  onFreshness(fresh: boolean): void {
    if (fresh === this.#fresh) return;
    this.#fresh = fresh;
    this.#dispatch({ kind: "freshness", tsUs: this.#options.clock.lastUs, fresh });
    this.#options.capture.write();
  }

  get isFresh(): boolean {
    return this.#fresh;
  }

  /** Ends the open segment and journals what it is. */
  closeSegment(): void {
    const { capture, journal, onSegment } = this.#options;
    if (!capture.isOpen) return;
    const body = capture.close();
    journal.append({ stream: "segment", body });
    journal.sync();
    onSegment(body.segment);
  }

  /** Before the market clock reaches `atUs`: minutes that end are sealed, a new trade date gets its own segment. */
  #turnTo(atUs: TimeUs): void {
    this.#hearDue(atUs);
    if (atUs >= this.#minuteEndsUs) {
      this.#options.journal.advance(atUs);
      this.#minuteEndsUs = (Math.floor(atUs / MINUTE_US) + 1) * MINUTE_US;
    }
    const { tradeDate } = this.#calendar.span(atUs).state;
    if (tradeDate !== this.#tradeDate) this.#rotate(atUs);
  }

  #rotate(atUs: TimeUs): void {
    // Timers of the ending date that no event fired yet: its last bar is decided in its own segment.
    this.#dispatch({ kind: "clock", tsUs: this.#options.clock.advance(atUs) });
    // A working order that no acknowledgement covers yet belongs to the run that asked for it.
    const holdings = this.#engine.holdings;
    if (holdings === null || holdings.unanswered.length > 0) return;
    const fresh = this.#fresh;
    const state = this.#options.resumeFrom(this.#engine);
    this.closeSegment();
    this.resume(atUs, state);
    this.onFreshness(fresh);
  }

  #hearDue(atUs: TimeUs): void {
    const { venue } = this.#options;
    for (let word = venue.due(atUs); word; word = venue.due(atUs)) this.#hear(word);
  }

  /** A word that was under way while the market clock moved on is heard now. */
  #hear(word: VenueEvent): void {
    this.#dispatch({ ...word, tsUs: this.#options.clock.advance(word.tsUs) });
  }

  #dispatch(event: EngineEvent): void {
    if (this.#broken !== null) throw this.#broken;
    try {
      this.#options.capture.append(event);
      this.#options.clock.advance(event.tsUs);
      this.#engine.step(this.#cursor.at(event));
      if (this.#drafts.length > 0) this.#act(event.tsUs);
    } catch (failure) {
      this.#broken = failure;
      this.#haltFor(failure);
      throw failure;
    }
  }

  /**
   * The process is about to end and its next start will go on from the journal: without a halt there it would trade
   * on as if nothing had been. Whatever keeps that from being written must not hide what happened first.
   */
  #haltFor(failure: unknown): void {
    if (!(failure instanceof InvariantBroken || failure instanceof TradeFailure)) return;
    const { journal, clock } = this.#options;
    const { halts = [] } = this.#engine.holdings?.latches.state() ?? {};
    if (halts.some(({ reason }) => reason === BROKEN)) return;
    try {
      journal.append({ stream: "halt", body: { atUs: clock.lastUs, reason: BROKEN } });
      journal.sync();
    } catch {
      // The first failure is thrown on.
    }
  }

  #act(atUs: TimeUs): void {
    const { capture, journal, venue, probe } = this.#options;
    const drafts = this.#drafts;
    this.#drafts = [];
    capture.sync();
    probe?.("captured", drafts);
    for (const draft of drafts) journal.append(draft);
    journal.sync();
    probe?.("durable", drafts);
    for (const draft of drafts) if (draft.stream === "intent") venue.submit(draft.body, atUs);
    probe?.("sent", drafts);
  }
}
