import { encodeLeafRow } from "@believe/host/spool";
import { base64, type Rng, seededRng } from "@believe/shared/base";
import { type FaultPlan, SimDisk, type Tear } from "@believe/sim/disk";
import { type Activity, Broker } from "./broker.ts";
import { Edge } from "./edge.ts";
import { Promises } from "./promises.ts";
import { Research } from "./research.ts";
import { type Step, scriptOf } from "./script.ts";

/** Where the power goes: before operation `at` of that machine's disk. */
export interface Cut {
  readonly machine: "broker" | "research";
  readonly at: number;
}

export interface LifeOptions {
  readonly seed: string;
  readonly cut: Cut | null;
  readonly tear?: Tear;
  /** A mistake of the product, as its disk sees it. */
  readonly mistake?: FaultPlan;
}

export interface Ended {
  /** Operations of the two disks until the work was done; of the last ones, where power was lost. */
  readonly operations: Readonly<Record<Cut["machine"], number>>;
  /** What was going on each time that a machine lost power. */
  readonly cutDuring: readonly Activity[];
  readonly violations: readonly string[];
}

/** Operations of a start within which the power may go a second time. */
const SECOND_CUT_WITHIN = 40;
const SENDS_MAX = 4;

/** The estate of one seed: works through its script, loses power once or twice, and ends with everything agreed. */
export class Life {
  readonly #options: LifeOptions;
  readonly #rng: Rng;
  readonly #edge = new Edge();
  readonly #research = new Research();
  readonly #promises = new Promises();
  readonly #violations: string[] = [];
  readonly #cutDuring: Activity[] = [];
  #disk = new SimDisk();
  #broker: Broker | null = null;
  #boot = 0;
  #minute = 0;
  #records = 0;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.#rng = seededRng(`${options.seed}/${options.cut?.machine}/${options.cut?.at}`);
  }

  async run(): Promise<Ended> {
    const { cut, seed } = this.#options;
    this.#disk.plan = this.#plan(cut?.machine === "broker" ? cut.at : null);
    this.#research.disk.plan = this.#plan(cut?.machine === "research" ? cut.at : null);
    await this.#research.powerOn().catch(() => undefined);
    for (const step of scriptOf(seededRng(seed))) await this.#untilDone(() => this.#act(step));
    const operations = {
      broker: this.#disk.operations,
      research: this.#research.disk.operations,
    };
    await this.#untilDone(() => this.#blackout());
    await this.#untilDone(() => this.#agree());
    await this.#broker?.stop();
    const { violations } = this.#edge;
    return {
      operations,
      cutDuring: this.#cutDuring,
      violations: [...this.#violations, ...violations, ...this.#research.violations],
    };
  }

  #plan(at: number | null): FaultPlan {
    const { mistake } = this.#options;
    return (operation) => (operation.index === at ? "power" : (mistake?.(operation) ?? null));
  }

  /** Does something again, on what a power failure left, until it is done; nothing more after a violation. */
  async #untilDone(act: () => Promise<void>): Promise<void> {
    for (;;) {
      if (this.#violations.length > 0) return;
      try {
        this.#powerOn();
        await act();
      } catch (failure) {
        if (!this.#isDark) this.#violations.push(String(failure));
      }
      const lasting = this.#broker?.lasting ?? [];
      if (!this.#isDark) {
        this.#violations.push(...lasting.map(String));
        return;
      }
      await this.#restore();
    }
  }

  get #isDark(): boolean {
    return this.#disk.isOff || this.#research.disk.isOff;
  }

  #powerOn(): void {
    if (this.#broker !== null || this.#disk.isOff) return;
    const around = {
      disk: this.#disk,
      boot: this.#boot,
      edge: this.#edge,
      research: this.#research,
      promises: this.#promises,
      leavesPerRound: 1 + (this.#options.seed.length % 2),
    };
    this.#broker = new Broker(around, this.#minute);
    const { wal, spool } = this.#broker;
    this.#violations.push(...this.#promises.missing(this.#disk, wal, spool));
  }

  /** Gives each machine without power its disk as the failure left it. */
  async #restore(): Promise<void> {
    if (this.#research.disk.isOff) {
      this.#cutDuring.push(this.#broker === null ? "recover" : "replicate");
      this.#research.crash(this.#rng, this.#tear, this.#plan(this.#secondCut()));
      await this.#research.powerOn().catch(() => undefined);
    }
    if (!this.#disk.isOff) return;
    this.#cutDuring.push(this.#broker?.activity ?? "recover");
    await this.#broker?.stop();
    this.#broker = null;
    this.#boot++;
    this.#disk = this.#disk.crash(this.#rng, this.#tear);
    this.#disk.plan = this.#plan(this.#secondCut());
  }

  get #tear(): Tear {
    return this.#options.tear ?? "prefix";
  }

  #secondCut(): number | null {
    const isFirst = this.#cutDuring.length === 1;
    return isFirst && this.#rng.below(2) === 0 ? this.#rng.below(SECOND_CUT_WITHIN) : null;
  }

  async #act(step: Step): Promise<void> {
    const broker = this.#broker;
    if (broker === null) return;
    switch (step.kind) {
      case "append": {
        const reasons = Array.from({ length: step.records }, () => `r${this.#records++}`);
        return broker.append(reasons);
      }
      case "seal":
        this.#minute++;
        return broker.seal(this.#minute);
      case "push":
        if (!(await broker.push()) && !this.#isDark) this.#violations.push("a push did not end");
        return;
      case "replicate": {
        for (let sends = 0; sends < SENDS_MAX; sends++) if (await broker.replicate()) return;
        if (!this.#isDark) this.#violations.push("the door did not take the parts");
        return;
      }
      case "restart":
        await broker.stop();
        this.#broker = null;
        this.#boot++;
        this.#powerOn();
    }
  }

  /** After the work is done the mirror and the replica hold what the journal holds. */
  async #agree(): Promise<void> {
    for (const kind of ["seal", "push", "replicate"] as const) await this.#act({ kind });
    const broker = this.#broker;
    if (this.#isDark || broker === null || this.#violations.length > 0) return;
    const { wal, spool } = broker;
    const lines = [...wal.records()].map(({ line }) => line);
    const rows = [...spool.leaves()].map(encodeLeafRow);
    const wrong = {
      "the mirror has another size": this.#edge.size !== spool.size,
      "the mirror has another root": this.#edge.root !== base64(spool.root()),
      "the mirror opened other lines": !same(await this.#edge.lines(), lines),
      "the replica has another journal": !same(this.#research.lines("journal"), lines),
      "the replica has other leaves": !same(this.#research.lines("leaves"), rows),
    };
    for (const [says, isWrong] of Object.entries(wrong)) if (isWrong) this.#violations.push(says);
  }

  /** Both machines lose power while nothing is going on, and everything is still there. */
  async #blackout(): Promise<void> {
    await this.#broker?.stop();
    this.#broker = null;
    this.#boot++;
    this.#disk = this.#disk.crash(this.#rng, this.#tear);
    this.#research.crash(this.#rng, this.#tear, () => null);
    await this.#research.powerOn();
    this.#powerOn();
  }
}

function same(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, i) => text === others[i]);
}
