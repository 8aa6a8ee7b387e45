import { type Rng, SECOND_US, seededRng, type TimeUs, timeUs } from "@believe/shared/base";
import { instrumentOf, priceDecimal } from "@believe/shared/market";
import { type Body, type Command, type JournalRecord, parseRecord } from "@believe/shared/wire";
import { DiskError, PowerCut, SimDisk } from "../disk/index.ts";
import { BEGINS_US, SimAgent, SYMBOL } from "./agent.ts";
import { allChecks, type Check, type Scene } from "./check/index.ts";
import type { FaultKind } from "./fault-kinds.ts";
import { WalkingMarket } from "./market.ts";
import { faultPlan, type PlannedFault } from "./plan.ts";
import { SimVenue } from "./venue/sim-venue.ts";

export interface WorldOptions {
  readonly seed: string;
  readonly steps: number;
  /** Instead of the seed's own plan: a shrunk one. */
  readonly plan?: readonly PlannedFault[];
  readonly checks?: () => Check[];
  /** Hears what happens, step by step: for a person who looks into a seed. */
  readonly trace?: (step: number, what: string) => void;
}

/** An invariant that did not hold. */
export interface Violation {
  readonly step: number;
  readonly invariant: number;
  readonly name: string;
  readonly message: string;
}

/** What one world came to. */
export interface WorldResult {
  readonly steps: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  /** "order state/fault kind" that were met. */
  readonly cells: ReadonlySet<string>;
  readonly inFlightDrops: number;
  /** Orders that reached the venue. */
  readonly orders: number;
  readonly violation: Violation | null;
}

const FAULT_SHARE = 0.06;
/** How often a person looks in. */
const OPERATOR_STEPS = 60;

/** One world: one agent, one venue, one market, one disk, one clock, and the faults of one seed. */
export class World {
  readonly #options: WorldOptions;
  readonly #rng: Rng;
  readonly #venue: SimVenue;
  readonly #market: WalkingMarket;
  readonly #plan: readonly PlannedFault[];
  readonly #checks: Check[];
  readonly #armed = new Map<FaultKind, number>();
  readonly #faults = new Map<FaultKind, number>();
  readonly #cells = new Set<string>();
  #disk = new SimDisk();
  #agent: SimAgent | null = null;
  #nowUs: TimeUs = BEGINS_US;
  #wallSkewUs = 0;
  #pid = 100;
  #bootAtUs = 0;
  #staleUntilUs = 0;
  #killed = false;
  #step = 0;
  #handled = 0;
  #seen = 0;
  #orders = 0;
  #inFlightDrops = 0;
  #violation: Violation | null = null;

  constructor(options: WorldOptions) {
    const rng = seededRng(options.seed);
    this.#options = options;
    this.#rng = rng.fork("world");
    this.#plan = options.plan ?? faultPlan(rng.fork("plan"), options.steps, FAULT_SHARE);
    this.#checks = (options.checks ?? allChecks)();
    this.#market = new WalkingMarket(rng.fork("market"), SYMBOL);
    this.#venue = new SimVenue({
      instrument: instrumentOf(SYMBOL),
      rng: rng.fork("venue"),
      faults: { take: (kind) => this.#take(kind) },
      attachesStop: rng.fork("traits").below(2) === 0,
      onArrival: (intent) => this.#arrived(intent),
      onWord: (word) => this.#trace(`heard ${JSON.stringify(word)}`),
    });
  }

  run(): WorldResult {
    let next = 0;
    for (; this.#step < this.#options.steps && this.#violation === null; this.#step++) {
      this.#nowUs = timeUs(this.#nowUs + 50_000 + this.#rng.below(SECOND_US));
      for (let fault = this.#plan[next]; fault?.step === this.#step; fault = this.#plan[next]) {
        next++;
        this.#strike(fault.kind);
      }
      this.#live();
      this.#check();
    }
    return {
      steps: this.#handled,
      faults: this.#faults,
      cells: this.#cells,
      inFlightDrops: this.#inFlightDrops,
      orders: this.#orders,
      violation: this.#violation,
    };
  }

  /** One step of the agent's life: it hears the venue and the market, or starts again. */
  #live(): void {
    this.#handled++;
    const trade = this.#market.trade(this.#nowUs);
    this.#venue.onMarket({ ...trade, tsUs: this.#nowUs });
    this.#guarded(() => {
      this.#agent ??= this.#nowUs >= this.#bootAtUs ? this.#boot() : null;
      const { loop } = this.#agent ?? {};
      if (loop === undefined) return;
      loop.onFreshness(this.#nowUs >= this.#staleUntilUs);
      loop.onVenue(this.#wallUs());
      loop.onMarket([trade]);
      if (this.#step % OPERATOR_STEPS === 0) this.#tend();
    });
  }

  /** A person looks in now and then and puts right what the agent may not put right by itself. */
  #tend(): void {
    const { loop } = this.#agent ?? {};
    const holdings = loop?.holdings;
    if (loop === undefined || !holdings || !this.#scene().isQuiet) return;
    const given = { by: "cli", reason: "tended" } as const;
    if (this.#killed) {
      this.#killed = false;
      loop.onCommand({ kind: "unkill", ...given });
    }
    const { lots } = this.#venue.truth;
    if (holdings.net !== lots) {
      const price = priceDecimal(instrumentOf(SYMBOL), this.#market.bid);
      loop.onCommand({ kind: "adopt", symbol: SYMBOL, lots, price, ...given });
    }
    loop.onCommand({ kind: "close-only", on: false, ...given });
    loop.onCommand({ kind: "resume", ...given });
  }

  #wallUs(): TimeUs {
    return timeUs(this.#nowUs + this.#wallSkewUs);
  }

  #boot(): SimAgent {
    return new SimAgent({
      disk: this.#disk,
      venue: this.#venue,
      rng: this.#rng.fork(`salt-${this.#pid}`),
      wallUs: () => this.#wallUs(),
      pid: ++this.#pid,
      killed: () => this.#killed,
      onFound: (lines) => {
        for (const { record } of lines) this.#journaled(record);
      },
      onWritten: ({ line }) => this.#journaled(parseRecord(line)),
    });
  }

  /** A durable line, once: a dead process may have written more than it could tell. */
  #journaled(record: JournalRecord): void {
    if (record.seq < this.#seen) return;
    this.#seen = record.seq + 1;
    this.#trace(`journal ${record.stream} ${JSON.stringify(record.body)}`);
    for (const check of this.#checks) this.#note(check, check.onRecord?.(record) ?? null);
  }

  /** What the disk refuses ends the process, as it ends the agent's; the next start finds what is there. */
  #guarded(run: () => void): void {
    try {
      run();
    } catch (cause) {
      if (!isOfDisk(cause)) throw cause;
      this.#die(this.#disk.isOff);
    }
  }

  #die(power: boolean): void {
    if (power) this.#disk = this.#disk.crash(this.#rng.fork(`crash-${this.#step}`));
    this.#disk.plan = () => null;
    this.#agent = null;
    this.#venue.abandon();
    this.#bootAtUs = this.#nowUs + SECOND_US + this.#rng.below(20 * SECOND_US);
    for (const check of this.#checks) check.onDeath?.();
  }

  #arrived(intent: Body<"intent">): void {
    this.#handled++;
    this.#trace(`arrived ${intent.intent} ${intent.action} ${intent.order}`);
    if (intent.action !== "cancel" && intent.action !== "move") this.#orders++;
    const scene = this.#scene();
    for (const check of this.#checks) this.#note(check, check.onArrival?.(intent, scene) ?? null);
  }

  #check(): void {
    const scene = this.#scene();
    for (const check of this.#checks) this.#note(check, check.onStep?.(scene) ?? null);
  }

  #note({ invariant, name }: Check, message: string | null): void {
    if (message === null) return;
    this.#violation ??= { step: this.#step, invariant, name, message };
  }

  #scene(): Scene {
    const agent = this.#agent;
    const isReady = agent?.bridge.link.state === "ready";
    const isQuiet = isReady && this.#venue.isQuiet;
    return { nowUs: this.#nowUs, venue: this.#venue, agent, isQuiet };
  }

  /** Whether a fault that waits for its occasion is due; it is over when taken. */
  #take(kind: FaultKind): boolean {
    const armed = this.#armed.get(kind) ?? 0;
    if (armed === 0) return false;
    this.#armed.set(kind, armed - 1);
    this.#met(kind);
    return true;
  }

  #met(kind: FaultKind): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
    const orders = this.#agent?.loop.holdings?.orders.values() ?? [];
    let any = false;
    for (const order of orders) {
      any = true;
      this.#cells.add(`${order.filled > 0 ? "partly-filled" : order.state}/${kind}`);
    }
    if (!any) this.#cells.add(`none/${kind}`);
  }

  #trace(what: string): void {
    this.#options.trace?.(this.#step, what);
  }

  #strike(kind: FaultKind): void {
    this.#trace(`fault ${kind}`);
    switch (kind) {
      case "word-lost":
      case "word-late":
      case "word-twice":
      case "word-overtakes":
      case "partial-fill":
      case "fill-first":
      case "reject":
        this.#armed.set(kind, (this.#armed.get(kind) ?? 0) + 1);
        return;
      case "link-drop":
      case "venue-restart":
        if (this.#venue.inFlight > 0) this.#inFlightDrops++;
        this.#met(kind);
        this.#venue.drop(this.#nowUs, kind === "link-drop" ? "link-lost" : "venue-restarted");
        return;
      case "half-open":
        this.#met(kind);
        this.#venue.deafen(this.#nowUs, SECOND_US * (1 + this.#rng.below(7)));
        return;
      case "correction":
      case "bust":
        if (this.#venue.revise(this.#nowUs, kind === "bust")) this.#met(kind);
        return;
      case "execution-again":
        if (this.#venue.again(this.#nowUs)) this.#met(kind);
        return;
      case "foreign-order":
      case "hand-fill":
        this.#met(kind);
        this.#venue.byHand(this.#nowUs, kind === "hand-fill");
        return;
      case "clock-jump":
        this.#met(kind);
        this.#wallSkewUs = (this.#rng.below(20) - 10) * SECOND_US;
        return;
      case "stale-feed":
        this.#met(kind);
        this.#staleUntilUs = this.#nowUs + this.#rng.below(10 * SECOND_US);
        return;
      case "agent-kill":
      case "power-cut":
      case "disk-full":
      case "sync-error":
        this.#strikeAgent(kind);
        return;
      case "command":
        this.#command();
    }
  }

  #strikeAgent(kind: "agent-kill" | "power-cut" | "disk-full" | "sync-error"): void {
    if (this.#agent === null) return;
    this.#met(kind);
    if (this.#venue.inFlight > 0 && kind === "agent-kill") this.#inFlightDrops++;
    // Within the next few operations of the disk, so that it strikes between any two.
    const from = this.#disk.operations + this.#rng.below(6);
    const fault = {
      "agent-kill": null,
      "power-cut": "power",
      "disk-full": "ENOSPC",
      "sync-error": "EIO",
    } as const;
    const what = fault[kind];
    if (what === null) {
      this.#die(false);
      return;
    }
    this.#disk.plan = ({ index, kind: operation }) => {
      if (index < from) return null;
      if (what === "EIO") return operation === "datasync" ? what : null;
      if (what === "ENOSPC") return operation === "write" ? what : null;
      return what;
    };
  }

  #command(): void {
    const { loop } = this.#agent ?? {};
    if (loop === undefined) return;
    const by = "cli";
    const reason = "drawn";
    const price = priceDecimal(instrumentOf(SYMBOL), this.#market.bid);
    const orders = [...(loop.holdings?.orders.keys() ?? [])];
    const choices: Command[] = [
      { kind: "kill", flatten: this.#rng.below(2) === 0, by, reason },
      { kind: "unkill", by, reason },
      { kind: "close-only", on: true, by, reason },
      { kind: "close-only", on: false, by, reason },
      { kind: "flatten", by, reason },
      { kind: "resume", by, reason },
      { kind: "adopt", symbol: SYMBOL, lots: this.#venue.truth.lots, price, by, reason },
      ...orders.map((order): Command => ({ kind: "cancel", order, by, reason })),
    ];
    const chosen = choices[this.#rng.below(choices.length)];
    if (chosen === undefined) return;
    this.#met("command");
    if (chosen.kind === "kill") this.#killed = true;
    if (chosen.kind === "unkill") this.#killed = false;
    this.#guarded(() => loop.onCommand(chosen));
  }
}

function isOfDisk(cause: unknown): boolean {
  for (let at = cause; at instanceof Error; at = at.cause) {
    if (at instanceof PowerCut || at instanceof DiskError) return true;
  }
  return false;
}
