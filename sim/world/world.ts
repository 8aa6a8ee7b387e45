import { type Rng, SECOND_US, seededRng, type TimeUs, timeUs } from "@believe/shared/base";
import { instrumentOf, priceDecimal } from "@believe/shared/market";
import { type Body, type Command, type JournalRecord, parseRecord } from "@believe/shared/wire";
import { DiskError, PowerCut, SimDisk } from "../disk/index.ts";
import { BEGINS_US, SimAgent, SYMBOL, secondStart } from "./agent.ts";
import { type Cell, meeting, UNREACHABLE } from "./cells.ts";
import { allChecks, type Check, type Scene } from "./check/index.ts";
import { type FaultKind, WAITING } from "./fault-kinds.ts";
import { type Tick, WalkingMarket } from "./market.ts";
import type { Mutation } from "./mutation.ts";
import { faultPlan, type PlannedFault } from "./plan.ts";
import { SimVenue } from "./venue/sim-venue.ts";

export interface WorldOptions {
  readonly seed: string;
  /** Ticks of the market. */
  readonly steps: number;
  /** Instead of the seed's own plan: a shrunk one. */
  readonly plan?: readonly PlannedFault[];
  readonly checks?: () => Check[];
  readonly mutation?: Mutation;
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
  /** Events that the agent's loop or the venue handled. */
  readonly steps: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly cells: ReadonlySet<Cell>;
  readonly inFlightDrops: number;
  /** Orders that reached the venue. */
  readonly orders: number;
  readonly violation: Violation | null;
}

const FAULT_SHARE = 0.08;
/** How often a person looks in. */
const TENDED_STEPS = 60;
/** How long a kill stands at least before that person takes it back. */
const KILL_US = 40 * SECOND_US;
const DROPS: ReadonlySet<FaultKind> = new Set([
  "drop-in-flight",
  "link-drop",
  "venue-restart",
  "agent-kill",
  "power-cut",
]);
const IS_WAITING: ReadonlySet<FaultKind> = new Set(WAITING);

/** The process was killed: nothing of it goes on. */
class Killed extends Error {
  override readonly name = "Killed";
}

/** The faults of one seed, as its plan has them. */
export function planOf({ seed, steps }: Pick<WorldOptions, "seed" | "steps">): PlannedFault[] {
  return faultPlan(seededRng(seed).fork("plan"), steps, FAULT_SHARE);
}

/** One world: one agent, one venue, one market, one disk, one clock, and the faults of one seed. */
export class World {
  readonly #options: WorldOptions;
  readonly #mutation: Mutation;
  readonly #rng: Rng;
  readonly #ticks: Rng;
  /** Of its own for each fault, so that leaving one out changes little else. */
  #chance: Rng;
  readonly #venue: SimVenue;
  readonly #market: WalkingMarket;
  readonly #plan: readonly PlannedFault[];
  readonly #checks: Check[];
  readonly #waiting = new Map<FaultKind, number>();
  readonly #faults = new Map<FaultKind, number>();
  readonly #cells = new Set<Cell>();
  #disk = new SimDisk();
  #agent: SimAgent | null = null;
  #nowUs: TimeUs = BEGINS_US;
  #wallSkewUs = 0;
  #pid = 100;
  #bootAtUs = 0;
  #staleUntilUs = 0;
  #killed = false;
  #killedAtUs = 0;
  #step = 0;
  #handled = 0;
  #seen = 0;
  #orders = 0;
  #inFlightDrops = 0;
  #violation: Violation | null = null;

  constructor(options: WorldOptions) {
    const rng = seededRng(options.seed);
    this.#options = options;
    this.#mutation = options.mutation ?? {};
    this.#rng = rng.fork("world");
    this.#ticks = rng.fork("ticks");
    this.#chance = this.#rng;
    this.#plan = options.plan ?? planOf(options);
    this.#checks = (options.checks ?? allChecks)();
    this.#market = new WalkingMarket(rng.fork("market"), SYMBOL);
    this.#venue = new SimVenue({
      instrument: instrumentOf(SYMBOL),
      rng: rng.fork("venue"),
      take: (kind) => this.#take(kind),
      attachesStop: rng.fork("traits").below(2) === 0,
      beginsAtUs: BEGINS_US,
      onArrival: (intent) => this.#arrived(intent),
      onWord: (word) => {
        this.#handled++;
        this.#trace("heard", word);
        this.#ask((check, scene) => check.onWord?.(word, scene));
      },
    });
  }

  /** The disk as the next process finds it: for what is done with the record afterwards. */
  get disk(): SimDisk {
    if (this.#agent !== null) this.#die();
    return this.#disk;
  }

  run(): WorldResult {
    let next = 0;
    for (; this.#step < this.#options.steps && this.#violation === null; this.#step++) {
      for (let fault = this.#plan[next]; fault?.step === this.#step; fault = this.#plan[next]) {
        next++;
        this.#trace("fault", fault.kind);
        const { kind } = fault;
        this.#guarded(() => this.#strike(kind));
      }
      this.#guarded(() => this.#live());
      this.#ask((check, scene) => check.onStep?.(scene));
    }
    this.#ask((check, scene) => check.onEnd?.(scene));
    return {
      steps: this.#handled,
      faults: this.#faults,
      cells: this.#cells,
      inFlightDrops: this.#inFlightDrops,
      orders: this.#orders,
      violation: this.#violation,
    };
  }

  /** Time goes on at the venue and in the market. */
  #pass(forUs: number): Tick {
    this.#nowUs = timeUs(this.#nowUs + forUs);
    const trade = this.#market.trade(this.#nowUs);
    this.#handled++;
    this.#venue.advance(this.#nowUs, trade.bid, trade.ask);
    return trade;
  }

  /** One tick: the venue lives, and the agent hears it and the market, or starts again. */
  #live(): void {
    const trade = this.#pass(50_000 + this.#ticks.below(SECOND_US));
    this.#agent ??= this.#nowUs >= this.#bootAtUs ? this.#boot() : null;
    const agent = this.#agent;
    if (agent === null) return;
    const { loop } = agent;
    loop.onFreshness(this.#nowUs >= this.#staleUntilUs);
    loop.onVenue(this.#wallUs());
    this.#handled++;
    loop.onMarket([trade]);
    if (this.#step % TENDED_STEPS === 0) this.#tend(agent);
  }

  /** A person looks in now and then and puts right what the agent may not put right by itself. */
  #tend(agent: SimAgent): void {
    const { holdings } = agent.loop;
    if (!holdings || !this.#scene().isQuiet) return;
    const given = { by: "cli", reason: "tended" } as const;
    if (this.#killed && this.#nowUs - this.#killedAtUs > KILL_US) {
      this.#obey(agent, { kind: "unkill", ...given });
    }
    const { lots } = this.#venue.truth;
    if (holdings.net !== lots) {
      const price = priceDecimal(instrumentOf(SYMBOL), this.#market.bid);
      this.#obey(agent, { kind: "adopt", symbol: SYMBOL, lots, price, ...given });
    }
    this.#obey(agent, { kind: "close-only", on: false, ...given });
    this.#obey(agent, { kind: "resume", ...given });
  }

  #obey(agent: SimAgent, command: Command): void {
    this.#handled++;
    // The latch is set before the agent hears of it, and released after: as the latch file is.
    if (command.kind === "kill") {
      this.#killed = true;
      this.#killedAtUs = this.#nowUs;
    }
    if (command.kind === "unkill") this.#killed = false;
    agent.obey(command);
  }

  #wallUs(): TimeUs {
    return timeUs(this.#nowUs + this.#wallSkewUs);
  }

  #boot(): SimAgent {
    const pid = ++this.#pid;
    return new SimAgent({
      disk: this.#disk,
      venue: this.#venue,
      rng: this.#rng.fork(`salt-${pid}`),
      wallUs: () => this.#wallUs(),
      nowUs: () => this.#nowUs,
      pid,
      killed: () => this.#killed,
      mutation: this.#mutation,
      onSubmit: (intent) => this.#ask((check, scene) => check.onSubmit?.(intent, scene)),
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
    this.#trace(`journal ${record.stream}`, record.body);
    this.#ask((check, scene) => check.onRecord?.(record, scene));
  }

  /** What the disk refuses ends the process, as it ends the agent's; the next start finds what is there. */
  #guarded(run: () => void): void {
    try {
      run();
    } catch (cause) {
      if (!isDeath(cause)) {
        this.#violated(23, "the process goes on", `expected no failure, was ${String(cause)}`);
        this.#trace("thrown", cause instanceof Error ? cause.stack : cause);
      }
      this.#die();
    }
  }

  #die(): void {
    if (this.#disk.isOff) this.#disk = this.#disk.crash(this.#rng.fork(`crash-${this.#step}`));
    this.#disk.plan = () => null;
    this.#agent = null;
    this.#venue.abandon();
    this.#bootAtUs = this.#nowUs + SECOND_US + this.#rng.below(15 * SECOND_US);
    for (const check of this.#checks) check.onDeath?.();
  }

  #arrived(intent: Body<"intent">): void {
    this.#handled++;
    this.#trace("arrived", intent);
    if (intent.action !== "cancel" && intent.action !== "move") this.#orders++;
    this.#ask((check, scene) => check.onArrival?.(intent, scene));
  }

  #ask(question: (check: Check, scene: Scene) => string | null | undefined): void {
    const scene = this.#scene();
    for (const check of this.#checks) {
      const message = question(check, scene) ?? null;
      if (message !== null) this.#violated(check.invariant, check.name, message);
    }
  }

  #violated(invariant: number, name: string, message: string): void {
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
    const waiting = this.#waiting.get(kind) ?? 0;
    if (waiting === 0) return false;
    this.#waiting.set(kind, waiting - 1);
    this.#met(kind);
    return true;
  }

  #met(kind: FaultKind): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
    const orders = this.#agent?.loop.holdings?.orders.values() ?? [];
    const { cells, inFlight } = meeting(kind, orders);
    if (inFlight && DROPS.has(kind)) this.#inFlightDrops++;
    for (const cell of cells) {
      this.#cells.add(cell);
      const reason = UNREACHABLE.get(cell);
      if (reason !== undefined) {
        this.#violated(0, "unreachable cells are not met", `expected no ${cell} (${reason}), was`);
      }
    }
  }

  #trace(what: string, of: unknown): void {
    this.#options.trace?.(
      this.#step,
      `${what} ${typeof of === "string" ? of : JSON.stringify(of)}`,
    );
  }

  #strike(kind: FaultKind): void {
    this.#chance = this.#rng.fork(`strike-${this.#step}`);
    if (IS_WAITING.has(kind)) {
      this.#waiting.set(kind, (this.#waiting.get(kind) ?? 0) + 1);
      return;
    }
    const { exchange } = this.#venue;
    switch (kind) {
      case "link-drop":
      case "venue-restart":
        this.#met(kind);
        this.#venue.drop(kind === "link-drop" ? "link-lost" : "venue-restarted");
        return;
      case "half-open":
        this.#met(kind);
        this.#venue.deafen(
          SECOND_US * (1 + this.#chance.below(this.#chance.below(4) === 0 ? 60 : 8)),
        );
        return;
      case "correction":
      case "bust":
        if (exchange.revise(kind === "bust")) this.#met(kind);
        return;
      case "execution-again":
        if (exchange.again()) this.#met(kind);
        return;
      case "foreign-order":
      case "hand-fill":
        this.#met(kind);
        exchange.byHand(kind === "hand-fill");
        return;
      case "clock-jump":
        this.#met(kind);
        this.#wallSkewUs = (this.#chance.below(20) - 10) * SECOND_US;
        return;
      case "suspend":
        this.#met(kind);
        for (let left = this.#chance.below(40); left > 0; left--) this.#pass(3 * SECOND_US);
        return;
      case "stale-feed":
        this.#met(kind);
        this.#staleUntilUs = this.#nowUs + this.#chance.below(10 * SECOND_US);
        return;
      default:
        if (this.#agent !== null) this.#strikeAgent(kind, this.#agent);
    }
  }

  #strikeAgent(kind: FaultKind, agent: SimAgent): void {
    switch (kind) {
      case "agent-kill":
      case "power-cut":
      case "disk-full":
      case "sync-error":
        this.#met(kind);
        this.#strikeDisk(kind);
        return;
      case "second-start": {
        this.#met(kind);
        const refused = secondStart(this.#disk, () => this.#wallUs(), this.#mutation);
        this.#ask((check) => check.onSecondStart?.(refused));
        return;
      }
      case "command":
        this.#command(agent);
    }
  }

  /** Strikes within the next few operations of the disk: between any two of them. */
  #strikeDisk(kind: "agent-kill" | "power-cut" | "disk-full" | "sync-error"): void {
    const from = this.#disk.operations + this.#chance.below(6);
    this.#disk.plan = ({ index, kind: operation }) => {
      if (index < from) return null;
      if (kind === "agent-kill") throw new Killed();
      if (kind === "sync-error") return operation === "datasync" ? "EIO" : null;
      if (kind === "disk-full") return operation === "write" ? "ENOSPC" : null;
      return "power";
    };
  }

  #command(agent: SimAgent): void {
    const by = "cli";
    const reason = "drawn";
    const price = priceDecimal(instrumentOf(SYMBOL), this.#market.bid);
    const orders = [...(agent.loop.holdings?.orders.keys() ?? [])];
    const choices: Command[] = [
      { kind: "kill", flatten: this.#chance.below(2) === 0, by, reason },
      { kind: "unkill", by, reason },
      { kind: "close-only", on: true, by, reason },
      { kind: "close-only", on: false, by, reason },
      { kind: "flatten", by, reason },
      { kind: "resume", by, reason },
      { kind: "adopt", symbol: SYMBOL, lots: this.#venue.truth.lots, price, by, reason },
      ...orders.map((order): Command => ({ kind: "cancel", order, by, reason })),
    ];
    const chosen = choices[this.#chance.below(choices.length)];
    if (chosen === undefined) return;
    this.#met("command");
    this.#obey(agent, chosen);
  }
}

/** Whether a process ended as the world wanted it to, and not by a mistake of its own. */
function isDeath(cause: unknown): boolean {
  for (let at = cause; at instanceof Error; at = at.cause) {
    if (at instanceof PowerCut || at instanceof DiskError || at instanceof Killed) return true;
  }
  return false;
}
