import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { loadOrCreateSeed, newSeed, signerOf, verifyNode } from "@believe/host/keys";
import type { JournalRecord } from "@believe/shared/wire";
import { vkeyOf } from "@believe/shared/wire/log";
import { stringify } from "smol-toml";
import { z } from "zod";
import { FakeMirror } from "../../../host/src/push/test/fake-mirror.ts";
import { journalRecords } from "../../scenario/journal-on-disk.ts";
import type { AgentDeath } from "./agent-death.ts";
import { standing } from "./findings.ts";
import { ACCOUNT, type StudyOrders, type Truth, truth } from "./orders.ts";
import type { StudyDeath } from "./study-death.ts";
import { swingingTape } from "./swinging-tape.ts";

const ORIGIN = "log.example/j/broker";
/** Tape seconds a second. */
const SPEED = 150;
const LIFE_MS_MAX = 30_000;

const ALIVE: ReadonlySet<string> = new Set(["asked", "acknowledged"]);

const summarySaid = z.looseObject({ decisionTip: z.string() });

/** What the venue has in the end, and the tip of the agent's decisions. */
export interface End {
  readonly truth: Truth;
  readonly tip: string;
}

/** A process and what it said. */
interface Life {
  readonly child: ChildProcess;
  readonly gone: Promise<unknown>;
  said: string;
  cried: string;
}

/** A broker agent and a study over one folder, each of which may be killed and begun again. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "believe-bracket-"));
  readonly #mirror: FakeMirror;
  readonly #startWallUs = Date.now() * 1_000;
  readonly #forgets: boolean;
  readonly #lives = new Set<Life>();

  constructor({ forgets = false }: { readonly forgets?: boolean } = {}) {
    this.#forgets = forgets;
    const seed = loadOrCreateSeed(join(this.broker, "keys", "journal.seed"));
    this.#mirror = new FakeMirror({
      origin: ORIGIN,
      vkey: vkeyOf(ORIGIN, signerOf(ORIGIN, seed).publicKey),
      verify: verifyNode,
      witness: signerOf("mirror.example/witness", newSeed()),
    });
  }

  get broker(): string {
    return join(this.folder, "broker");
  }

  get records(): JournalRecord[] {
    return journalRecords(this.broker);
  }

  async open(): Promise<void> {
    await this.#mirror.listen();
    mkdirSync(join(this.folder, "feed"));
    writeFileSync(join(this.folder, "broker.toml"), stringify(this.#config()));
  }

  agent(death: AgentDeath | null): Life {
    const plan = death === null ? [] : [JSON.stringify(death)];
    return this.#live("agent.ts", [join(this.folder, "broker.toml"), ...plan]);
  }

  study(death: StudyDeath | null): Life {
    const orders: StudyOrders = {
      folder: join(this.folder, "feed"),
      startWallUs: this.#startWallUs,
      speed: SPEED,
      death,
      forgets: this.#forgets,
    };
    return this.#live("study.ts", [JSON.stringify(orders)]);
  }

  /** Waits for a death that was planned; how it came. */
  async killed(life: Life): Promise<string> {
    await Promise.race([life.gone, pause(LIFE_MS_MAX, undefined, { ref: false })]);
    const { signalCode, exitCode } = life.child;
    life.child.kill("SIGKILL");
    await life.gone;
    return signalCode ?? `expected a death, was ${exitCode ?? "alive"}: ${life.cried.slice(-800)}`;
  }

  /** A person kills trading and asks for the position to be closed; once it is, everything ends. */
  async settle(agent: Life, study: Life): Promise<End> {
    writeFileSync(join(this.broker, "KILL"), "the end\nflatten\n");
    const until = Date.now() + LIFE_MS_MAX;
    while (!this.#isFlat() && Date.now() < until) await pause(100);
    return await this.end(agent, study);
  }

  /** Both are asked to stop, the agent first; what the venue has then. */
  async end(agent: Life, study: Life): Promise<End> {
    agent.child.kill("SIGTERM");
    await agent.gone;
    while (study.said === "" && study.child.exitCode === null) await pause(50);
    study.child.kill("SIGTERM");
    await study.gone;
    const [held, summary] = [study, agent].map(({ said }) => said.trim().split("\n").at(-1) ?? "");
    const { decisionTip: tip } = summarySaid.parse(JSON.parse(summary ?? ""));
    return { truth: truth.parse(JSON.parse(held ?? "")), tip };
  }

  async close(): Promise<void> {
    for (const { child, gone } of this.#lives) {
      child.kill("SIGKILL");
      await gone;
    }
    await this.#mirror.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The kill is journaled, nothing is held, and no order of ours is alive but what is in doubt. */
  #isFlat(): boolean {
    const { records } = this;
    if (!records.some(({ stream }) => stream === "command")) return false;
    const { lots, orders } = standing(records);
    return lots === 0 && ![...orders.values()].some((state) => ALIVE.has(state));
  }

  #live(script: string, args: readonly string[]): Life {
    const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
      // Many short lives: all but the first start from compiled sources.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "believe-compiled") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const life: Life = { child, gone: once(child, "close"), said: "", cried: "" };
    child.stdout.on("data", (bytes: Buffer) => {
      life.said += bytes.toString();
    });
    child.stderr.on("data", (bytes: Buffer) => {
      life.cried += bytes.toString();
    });
    this.#lives.add(life);
    return life;
  }

  #config() {
    const feedFolder = join(this.folder, "feed");
    const { symbol, startUs } = swingingTape.info;
    const clock = { kind: "tape", tapeStartUs: startUs, wallStartUs: this.#startWallUs };
    return {
      state: this.broker,
      brand: "example",
      origin: ORIGIN,
      account: ACCOUNT,
      feed: { folder: feedFolder, symbol, name: "swinging", seeded: true, licensed: false },
      trade: { provider: "sierra", folder: feedFolder },
      clock: { ...clock, speed: SPEED, seed: "bracket" },
      worker: { url: this.#mirror.baseUrl },
      strategy: { name: "sma-cross" },
      console: { port: 0 },
      drainMs: 0,
    };
  }
}
