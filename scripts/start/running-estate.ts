import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeBrokerConfig, writeResearchConfig } from "./agents.ts";
import type { StartArguments } from "./arguments.ts";
import { Child, type Said } from "./child.ts";
import type { Genesis, Tape } from "./estate.ts";
import { StartFailure } from "./failure.ts";
import { descendants, processIdentity, rssMb } from "./process-identity.ts";
import { table } from "./progress.ts";
import type { ProcessRoll } from "./reap.ts";
import { type BrokerSummary, brokerSummary, type Summary, workerLog } from "./summary.ts";

const workerReady = z.looseObject({ url: z.url() });
const researchReady = z.looseObject({ doorPort: z.int() });
const draining = z.looseObject({ queued: z.int() });
const tapeStarted = z.looseObject({ startUs: z.int(), startWallUs: z.number() });
/** The broker agent says how many leaves wait while it drains: only its silence is bounded. */
const DRAIN_GRACE_MS = 120_000;
const STOP_GRACE_MS = 20_000;

type Part = "worker" | "research" | "broker" | "feed";

/** The Worker, the Sierra feed, the broker agent and the research agent of one estate, each a process. */
export class RunningEstate {
  readonly #options: StartArguments;
  readonly #roll: ProcessRoll;
  #children = new Map<Part, Child>();
  #workerUrl = "";
  #doorUrl = "";
  #summary: BrokerSummary | null = null;
  #tapeEnds: () => void = () => {};
  /** Resolves when the tape has been played to its end. */
  readonly tapeEnded: Promise<void>;

  constructor(options: StartArguments, roll: ProcessRoll) {
    this.#options = options;
    this.#roll = roll;
    this.tapeEnded = new Promise((resolve) => {
      this.#tapeEnds = resolve;
    });
  }

  /** Resolves with the address of the dashboard. */
  async startWorker(): Promise<string> {
    const { state, port } = this.#options;
    const args = (at: number): string[] => ["scripts/start/worker-main.ts", state, String(at)];
    const child = this.#child("worker", args(port));
    this.#workerUrl = workerReady.parse(await child.start("worker.ready")).url;
    child.restartWith(args(Number(new URL(this.#workerUrl).port)));
    return this.#workerUrl;
  }

  async startResearch(genesis: Genesis): Promise<void> {
    const configure = (doorPort: number): string =>
      writeResearchConfig(this.#options, genesis, { workerUrl: this.#workerUrl, doorPort });
    const child = this.#child("research", [
      "agent-research/src/main.ts",
      "run",
      "--config",
      configure(0),
    ]);
    const { doorPort } = researchReady.parse(await child.start("research.ready"));
    // The broker agent knows this door: the next life of the research agent opens the same one.
    configure(doorPort);
    this.#doorUrl = `http://127.0.0.1:${doorPort}`;
  }

  async startFeedAndBroker(
    genesis: Genesis,
    tape: Tape & { readonly seeded: boolean },
  ): Promise<void> {
    const folder = join(this.#options.state, "feed");
    const { tape: file, seed, speed, venue } = this.#options;
    const played = file === null ? ["--seed", seed, "--symbol", tape.symbol] : ["--tape", file];
    const trades = venue === "paper" ? [] : ["--trade-account", genesis.names.account.name];
    const market = ["--folder", folder, "--speed", String(speed), ...played];
    const study = ["sim/sierra/main.ts", ...market, ...trades];
    const feed = this.#child("feed", study);
    const { startUs, startWallUs } = tapeStarted.parse(await feed.start("tape.started"));
    // A study that dies goes on by the clock of its first start: what fell due meanwhile comes at once.
    feed.restartWith([...study, "--start-wall-us", String(startWallUs)]);
    const config = writeBrokerConfig(this.#options, genesis, tape, {
      workerUrl: this.#workerUrl,
      doorUrl: this.#doorUrl,
      feedFolder: folder,
      time: { tapeStartUs: startUs, wallStartUs: Math.floor(startWallUs) },
    });
    const broker = this.#child("broker", ["agent-broker/src/main.ts", "run", "--config", config]);
    await broker.start("broker.ready");
  }

  /** What runs where, for a person. */
  table(startupMs: number): string {
    const at = (name: Part): string => `process ${this.#children.get(name)?.pid ?? "–"}`;
    return table([
      ["dashboard", this.#workerUrl, `live after ${startupMs} ms`],
      ["Worker", join(this.#options.state, "worker"), `${at("worker")}, workerd`],
      ["Sierra feed", join(this.#options.state, "feed"), at("feed")],
      ["venue", this.#venue(), this.#options.venue],
      ["broker agent", join(this.#options.state, "broker"), at("broker")],
      ["console", this.#consoleAddress, "the file with its address, for you alone"],
      ["research agent", this.#doorUrl, at("research")],
      ["logs", join(this.#options.state, "log"), "one file a process"],
    ]);
  }

  /** Never the address itself: the token is part of it. */
  get #consoleAddress(): string {
    const file = join(this.#options.state, "broker", "console.url");
    return existsSync(file) ? file : "none: its port was taken";
  }

  #venue(): string {
    return this.#options.venue === "paper"
      ? "inside the broker agent"
      : join(this.#options.state, "feed", "orders_RGW.csv");
  }

  /** Stops the feed, lets the broker agent read and send what is left, and takes the figures. */
  async finish(startupMs: number, tape: string): Promise<Summary> {
    const rss = this.#memory();
    await this.#children.get("feed")?.stop(STOP_GRACE_MS);
    await this.#children.get("broker")?.stop(DRAIN_GRACE_MS);
    const summary = this.#summary;
    if (summary === null) {
      throw new StartFailure("process-died", "expected the broker agent's figures, it gave none");
    }
    const log = await workerLog(this.#workerUrl);
    const { event: _event, ...figures } = summary;
    return {
      url: this.#workerUrl,
      tape,
      venue: this.#options.venue,
      ...figures,
      workerRecords: log.records,
      workerTreeSize: log.size,
      workerTip: log.root,
      startupMs,
      rssMb: rss,
    };
  }

  async stop(): Promise<void> {
    for (const name of ["feed", "broker", "research", "worker"] as const) {
      await this.#children.get(name)?.stop(STOP_GRACE_MS);
    }
  }

  #memory(): Summary["rssMb"] {
    const of = (name: "research" | "broker"): number => rssMb(this.#children.get(name)?.pid ?? 0);
    const workerd = descendants(process.pid).filter(
      (pid) => processIdentity(pid)?.command.split(" ")[0]?.endsWith("workerd") ?? false,
    );
    const worker = workerd.reduce((sum, pid) => sum + rssMb(pid), 0);
    return { broker: of("broker"), research: of("research"), worker };
  }

  #child(name: Part, args: readonly string[]): Child {
    const child = new Child({
      name,
      args,
      logFile: join(this.#options.state, "log", `${name}.log`),
      onStarted: (pid) => this.#roll.record([pid]),
      onSaid: (line) => this.#hear(name, line),
    });
    this.#children.set(name, child);
    return child;
  }

  #hear(name: string, line: Said): void {
    if (line.event === "tape.ended") this.#tapeEnds();
    if (line.event === "broker.stopped") this.#summary = brokerSummary.parse(line);
    if (line.event === "broker.draining") {
      process.stderr.write(`             ${draining.parse(line).queued} leaves wait\n`);
    }
    if (line.event === "process.died")
      process.stderr.write(`  ${name} died (${String(line["how"])})\n`);
  }
}
