import { type PriceTicks, type Rng, SECOND_US, type TimeUs } from "@believe/shared/base";
import type { Instrument } from "@believe/shared/market";
import type { TradeCapabilities, TradeProvider, VenueEvent } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import type { FaultKind } from "../fault-kinds.ts";
import { Exchange, VENUE } from "./exchange.ts";
import type { Truth } from "./truth.ts";
import { Wire } from "./wire.ts";

type Intent = Body<"intent">;

export interface SimVenueOptions {
  readonly instrument: Instrument;
  readonly rng: Rng;
  /** Whether this fault is due now; it is over when taken. */
  readonly take: (kind: FaultKind) => boolean;
  readonly attachesStop: boolean;
  readonly beginsAtUs: TimeUs;
  /** Told of everything that reaches the venue, before it acts. */
  readonly onArrival?: (intent: Intent) => void;
  /** Told of every word that the agent hears. */
  readonly onWord?: (word: VenueEvent) => void;
}

const ACCOUNT = "W1";
const LATENCY_US = 20_000;
const LATE_US = 15 * SECOND_US;
/** A word that was lost is found out at the latest then: the link is cut and everything is told anew. */
const FOUND_OUT_US = 6 * SECOND_US;
const SNAPSHOT_US = 400_000;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * A venue behind a link that may fail in every way that the world knows. Its truth is kept apart from what it says, and
 * its time from the agent's: words are stamped by the clock of the agent's machine when they are heard.
 * It keeps orders, attaches stops, and after every connection tells all that it has.
 */
export class SimVenue implements TradeProvider {
  readonly capabilities: TradeCapabilities;
  readonly exchange: Exchange;
  readonly #options: SimVenueOptions;
  readonly #toVenue = new Wire<Intent>();
  readonly #toAgent = new Wire<VenueEvent>();
  #nowUs: TimeUs;
  /** Whether a process of ours is there to connect. */
  #isCalled = false;
  #isUp = false;
  /** The first word of the connection that stands, and whether the agent has heard it. */
  #greeting: VenueEvent | null = null;
  #isHeard = false;
  readonly #told = new Set<string>();
  #cutAtUs = NEVER;
  #backAtUs = 0;
  #snapshotAtUs = NEVER;
  #deafUntilUs = 0;

  constructor(options: SimVenueOptions) {
    this.#options = options;
    this.#nowUs = options.beginsAtUs;
    const { instrument, rng, take } = options;
    const say = (word: VenueEvent): void => this.#say(word);
    const isTold = (exec: string): boolean => this.#told.has(exec);
    const moved = (): void => this.#tell(this.#nowUs + SECOND_US, false);
    this.exchange = new Exchange({ instrument, rng, take, say, moved, isTold }, options.beginsAtUs);
    this.capabilities = {
      name: VENUE,
      status: "works",
      orderTypes: ["MKT", "LMT", "STP"],
      timesInForce: ["day"],
      restsStops: true,
      attaches: { stop: options.attachesStop, target: false },
      oca: false,
      modifies: true,
      cancels: true,
      globalCancel: false,
      account: "paper",
      lotsMax: 100,
      partialFills: true,
      keepsOrders: true,
      sharesAccount: true,
    };
  }

  get truth(): Truth {
    return this.exchange.truth;
  }

  /** Nothing is under way in either direction and nothing is about to be found out. */
  get isQuiet(): boolean {
    if (!this.#isUp || this.#snapshotAtUs !== NEVER || this.#cutAtUs !== NEVER) return false;
    return this.#toVenue.size + this.#toAgent.size === 0 && this.#nowUs >= this.#deafUntilUs;
  }

  submit(intent: Intent): void {
    // A link that only looks whole swallows what is sent, and so does one that ended without our knowing yet.
    if (!this.#isUp || !this.#isHeard || this.#nowUs < this.#deafUntilUs) return;
    this.#toVenue.send(intent, this.#nowUs + LATENCY_US + this.#options.rng.below(LATENCY_US));
    if (this.#options.take("drop-in-flight")) this.#cutAtUs = this.#nowUs;
  }

  due(tsUs: TimeUs): VenueEvent | null {
    this.#isCalled = true;
    if (this.#nowUs < this.#deafUntilUs) return null;
    const word = this.#toAgent.take(this.#nowUs);
    if (word === null) return null;
    if (word.kind === "execution") this.#told.add(word.exec);
    if (word.kind === "snapshot") {
      for (const { exec } of word.snapshot.executions) this.#told.add(exec);
    }
    if (word === this.#greeting) this.#isHeard = true;
    const heard = { ...word, tsUs };
    this.#options.onWord?.(heard);
    return heard;
  }

  onMarket(): readonly VenueEvent[] {
    return [];
  }

  resync(): void {
    this.drop("asked");
  }

  /** The agent's process is gone: its connection ends without a word, its requests under way may still arrive. */
  abandon(): void {
    for (const intent of this.#toVenue.cut(() => this.#survives)) this.#arrive(intent);
    this.#toAgent.cut(() => false);
    this.#isCalled = false;
    this.#isUp = false;
    this.#isHeard = false;
    this.#snapshotAtUs = NEVER;
    this.#cutAtUs = NEVER;
    this.#backAtUs = this.#nowUs;
  }

  /** The link ends now. What was under way was lost, or had arrived just before. */
  drop(reason: string): void {
    const tsUs = this.#nowUs;
    for (const intent of this.#toVenue.cut(() => this.#survives)) this.#arrive(intent);
    for (const word of this.#toAgent.cut(() => this.#survives)) this.#toAgent.send(word, tsUs);
    this.#isUp = false;
    this.#isHeard = false;
    this.#deafUntilUs = 0;
    this.#cutAtUs = NEVER;
    this.#snapshotAtUs = NEVER;
    this.#backAtUs = tsUs + SECOND_US + this.#options.rng.below(10 * SECOND_US);
    this.#toAgent.send({ kind: "link", tsUs, venue: VENUE, state: "down", reason }, tsUs);
  }

  /** Nothing is heard in either direction for so long, then the link is found dead. */
  deafen(forUs: number): void {
    this.#deafUntilUs = this.#nowUs + forUs;
    this.#cutAtUs = this.#deafUntilUs;
  }

  /** Lets everything happen at the venue that happens by `nowUs`, with the market as it is then. */
  advance(nowUs: TimeUs, bid: PriceTicks, ask: PriceTicks): void {
    this.#nowUs = nowUs;
    if (this.#cutAtUs <= nowUs) this.drop("silent");
    if (!this.#isUp && this.#isCalled && this.#backAtUs <= nowUs) this.#connect();
    for (let intent = this.#toVenue.take(nowUs); intent; intent = this.#toVenue.take(nowUs)) {
      this.#arrive(intent);
    }
    this.exchange.onMarket(nowUs, bid, ask);
    if (this.#snapshotAtUs <= nowUs) this.#snapshot();
  }

  #arrive(intent: Intent): void {
    this.#options.onArrival?.(intent);
    this.exchange.take(intent);
  }

  get #survives(): boolean {
    return this.#options.rng.below(2) === 0;
  }

  #connect(): void {
    const tsUs = this.#nowUs;
    this.#isUp = true;
    this.#greeting = { kind: "link", tsUs, venue: VENUE, state: "syncing", reason: null };
    this.#toAgent.send(this.#greeting, tsUs);
    const late = this.#options.take("snapshot-late") ? this.#options.rng.below(LATE_US) : 0;
    this.#snapshotAtUs = tsUs + SNAPSHOT_US + late;
  }

  #snapshot(): void {
    const tsUs = this.#nowUs;
    this.#snapshotAtUs = NEVER;
    this.#tell(tsUs, true);
    this.#toAgent.send({ kind: "link", tsUs, venue: VENUE, state: "ready", reason: null }, tsUs);
  }

  /** Only what was taken before anything could be asked on this connection speaks for orders that are not in it. */
  #tell(dueUs: number, definite: boolean): void {
    if (!this.#isUp) return;
    const snapshot = this.truth.snapshot(VENUE, ACCOUNT, definite);
    this.#toAgent.send({ kind: "snapshot", tsUs: this.#nowUs, snapshot }, dueUs);
  }

  #foundOut(): void {
    if (this.#isUp) this.#cutAtUs = Math.min(this.#cutAtUs, this.#nowUs + FOUND_OUT_US);
  }

  /** Puts a word on its way, as the faults that are due want it. */
  #say(word: VenueEvent): void {
    const { take, rng } = this.#options;
    if (!this.#isUp) return;
    if (take("word-lost")) {
      this.#foundOut();
      return;
    }
    let dueUs = this.#nowUs + LATENCY_US + rng.below(LATENCY_US);
    if (take("word-late")) dueUs += rng.below(LATE_US);
    if (take("word-overtakes")) dueUs = this.#nowUs;
    this.#toAgent.send(word, dueUs);
    if (take("word-twice")) this.#toAgent.send(word, dueUs + rng.below(LATE_US));
  }
}
