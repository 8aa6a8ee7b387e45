import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BrokerAgent, readBrokerConfig } from "@believe/agent-broker";
import { loadSeed, newSeed, signerOf } from "@believe/host/keys";
import { type Bytes, base64 } from "@believe/shared/base";
import {
  checkpointText,
  formatAddCheckpoint,
  operatorName,
  parseCheckpoint,
  parseNote,
  signNote,
  vkeyOf,
} from "@believe/shared/wire/log";
import { openResearchAgent, type ResearchAgent } from "../../../agent-research/src/agent.ts";
import { ROOT } from "../../../scripts/paths.ts";
import { openGenesis } from "../../../scripts/start/estate.ts";
import { type RunningWorker, startWorker } from "../../../scripts/start/worker.ts";
import { believeVerify } from "../../../verify/src/run.ts";

const ORIGIN = "log.example.com/j/broker";
const BROKER = join(ROOT, "agent-broker/src/main.ts");

export interface Said {
  readonly code: number;
  readonly text: string;
}

/** The real Worker and research agent, and a broker's state folder with its configuration. */
export class KeysStage {
  readonly folder = mkdtempSync(join(tmpdir(), "believe-key-change-"));
  readonly operatorSeed = join(this.folder, "operator.seed");
  readonly #config = join(this.folder, "broker.toml");
  readonly #keysFile = join(this.folder, "public.txt");
  #worker: RunningWorker | null = null;
  #research: ResearchAgent | null = null;

  async start(): Promise<void> {
    const names = { brand: "believe", site: "example.com", dashboard: "log.example.com" };
    const account = { kind: "paper" as const, name: "paper-1" };
    const strategy = { name: "sma-cross" };
    const tape = { name: "none", symbol: "MESH4", startUs: 0 };
    const genesis = openGenesis(this.folder, { ...names, origin: ORIGIN, account, strategy }, tape);
    const seed = newSeed();
    writeFileSync(this.operatorSeed, seed, { mode: 0o600 });
    const name = operatorName(ORIGIN);
    const operator = vkeyOf(name, signerOf(name, seed).publicKey);
    const { keys } = genesis.estate;
    this.#worker = await startWorker({
      port: 0,
      persist: join(this.folder, "worker"),
      estate: JSON.stringify({ ...genesis.estate, keys: { ...keys, operator } }),
      witnessSeed: base64(loadSeed(join(this.folder, "worker-witness.seed"))),
    });
    this.#research = await openResearchAgent({
      state: join(this.folder, "research"),
      origin: ORIGIN,
      keys: { brokerJournal: keys.journal, brokerRequest: keys.brokerRequest },
      policy: genesis.policy,
      operator,
      worker: { url: this.url },
      door: { host: "127.0.0.1", port: 0, segmentBytesMax: 1_000_000 },
      openOverdue: false,
      followMs: 100,
      statusMs: 100,
    });
    const { worker, research } = genesis.witnesses;
    writeFileSync(this.#keysFile, [keys.journal, worker, research, operator, ""].join("\n"));
    this.#writeConfig(worker, research, `http://127.0.0.1:${this.#research.doorPort}`);
  }

  get url(): string {
    return this.#worker?.url ?? "";
  }

  /** The real agent, started; nothing is on its feed. */
  async agent(): Promise<BrokerAgent> {
    const agent = await BrokerAgent.open(readBrokerConfig(this.#config));
    await agent.start();
    return agent;
  }

  /** `believe-broker`, as a person runs it. */
  broker(...words: readonly string[]): Promise<Said> {
    const args = [BROKER, ...words, "--config", this.#config];
    return new Promise((resolve) => {
      execFile(process.execPath, args, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, text: stdout + stderr });
      });
    });
  }

  /** `believe-verify` under the keys with which the record began. */
  async verify(): Promise<Said> {
    const lines: string[] = [];
    const out = (line: string): void => void lines.push(line);
    const terminal = {
      out,
      err: () => undefined,
      progress: () => undefined,
      nowMs: () => Date.now(),
    };
    const code = await believeVerify([this.url, "--keys", this.#keysFile], terminal);
    return { code, text: lines.join("\n") };
  }

  async checkpoint(): Promise<{ readonly size: number; readonly root: Bytes }> {
    const answer = await fetch(`${this.url}/log/broker/checkpoint`);
    return parseCheckpoint(parseNote(await answer.text()).text);
  }

  /** A copy of the journal key signs another root at the size that is served; the Worker freezes the log. */
  async fork(): Promise<{ readonly status: number; readonly log: string | null }> {
    const { size: oldSize } = await this.checkpoint();
    const seed = loadSeed(join(this.folder, "broker", "keys", "journal.seed"));
    const root = new Uint8Array(32).fill(9);
    const text = checkpointText({ origin: ORIGIN, size: oldSize, root });
    const note = await signNote(text, signerOf(ORIGIN, seed));
    const body = formatAddCheckpoint({ oldSize, proof: [], note });
    const answer = await fetch(`${this.url}/log/broker/add-checkpoint`, { method: "POST", body });
    return { status: answer.status, log: answer.headers.get("believe-log") };
  }

  async remove(): Promise<void> {
    await this.#research?.stop();
    await this.#worker?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #writeConfig(worker: string, research: string, door: string): void {
    const feed = join(this.folder, "feed");
    mkdirSync(feed);
    const text = [
      `state = "${join(this.folder, "broker")}"`,
      'brand = "believe"',
      `origin = "${ORIGIN}"`,
      'account = { kind = "paper", name = "paper-1" }',
      `feed = { folder = "${feed}", symbol = "MESH4", name = "x", seeded = true, licensed = false }`,
      'clock = { kind = "receipt" }',
      `worker = { url = "${this.url}", witness = "${worker}" }`,
      `witnesses = [{ url = "${door}/log/broker", vkey = "${research}" }]`,
      `door = { url = "${door}" }`,
      'strategy = { name = "sma-cross" }',
    ];
    writeFileSync(this.#config, text.join("\n"));
  }
}
