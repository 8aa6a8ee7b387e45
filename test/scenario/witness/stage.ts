import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { loadSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { Pusher, type WitnessPost } from "@believe/host/push";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { base64, MINUTE_US, timeUs } from "@believe/shared/base";
import type { Signer } from "@believe/shared/wire/log";
import { openResearchAgent, type ResearchAgent } from "../../../agent-research/src/agent.ts";
import type { ResearchConfig } from "../../../agent-research/src/config.ts";
import { type Genesis, openGenesis } from "../../../scripts/start/estate.ts";
import { type RunningWorker, startWorker } from "../../../scripts/start/worker.ts";

const T0 = Date.UTC(2024, 0, 9, 14, 20) * 1000;
const ORIGIN = "log.example.com/j/broker";

/** A genesis, the real Worker, the real research agent, and a broker's journal with its pusher. */
export class WitnessStage {
  readonly folder = mkdtempSync(join(tmpdir(), "believe-witness-"));
  readonly genesis: Genesis = openGenesis(
    this.folder,
    {
      brand: "believe",
      site: "example.com",
      dashboard: "log.example.com",
      origin: ORIGIN,
      account: { kind: "paper", name: "paper-1" },
      strategy: { name: "sma-cross" },
    },
    { name: "none", symbol: "ESH4", startUs: T0 },
  );
  readonly wal = Wal.open({ folder: join(this.folder, "wal"), wallUs: () => timeUs(1) });
  readonly spool = Spool.open({
    folder: join(this.folder, "log"),
    origin: ORIGIN,
    sha256: nodeSha256,
    wal: this.wal,
  });
  #worker: RunningWorker | null = null;
  #research: ResearchAgent | null = null;
  #minute = 0;

  constructor() {
    this.spool.advance(timeUs(T0));
  }

  get url(): string {
    if (this.#worker === null) throw new Error("expected a Worker, was none");
    return this.#worker.url;
  }

  get policy(): string {
    return readFileSync(join(this.folder, "keys", "policy.txt"), "utf8");
  }

  async startWorker(persist = "worker"): Promise<void> {
    this.#worker = await startWorker({
      port: 0,
      persist: join(this.folder, persist),
      estate: readFileSync(join(this.folder, "estate.json"), "utf8"),
      witnessSeed: base64(loadSeed(join(this.folder, "worker-witness.seed"))),
    });
  }

  async stopWorker(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = null;
  }

  get researchConfig(): ResearchConfig {
    const { keys } = this.genesis.estate;
    return {
      state: join(this.folder, "research"),
      origin: ORIGIN,
      keys: { brokerJournal: keys.journal, brokerRequest: keys.brokerRequest },
      policy: this.genesis.policy,
      operator: keys.operator,
      worker: { url: this.url },
      door: { host: "127.0.0.1", port: 0, segmentBytesMax: 1_000_000 },
      followMs: 100,
      openOverdue: false,
      statusMs: 100,
    };
  }

  /** Opens the research agent and returns its witness as the broker's configuration would name it. */
  async startResearch(): Promise<WitnessPost> {
    this.#research = await openResearchAgent(this.researchConfig);
    return {
      vkey: this.genesis.witnesses.research,
      client: this.#client(`http://127.0.0.1:${this.#research.doorPort}`),
      path: "/log/broker/add-checkpoint",
    };
  }

  async stopResearch(): Promise<void> {
    await this.#research?.stop();
    this.#research = null;
  }

  pusher(witnesses: readonly WitnessPost[]): Pusher {
    return new Pusher({
      spool: this.spool,
      wal: this.wal,
      client: this.#client(this.url),
      signer: this.#key("journal", ORIGIN),
      witness: this.genesis.witnesses.worker,
      witnesses,
      opens: () => true,
      wallUs: () => timeUs(Date.now() * 1000),
      leavesPerSecond: 100,
      backoff: { firstMs: 5, maxMs: 50, random: Math.random },
    });
  }

  /** Some minutes of work, two records each. */
  work(minutes: number): void {
    for (let i = 0; i < minutes; i++) {
      const lines = ["a", "b"].map((reason) =>
        this.wal.append({ stream: "stop", body: { reason } }),
      );
      this.wal.sync();
      for (const { seq, line } of lines) this.spool.add(seq, line);
      this.#minute += 1;
      this.spool.advance(timeUs(T0 + this.#minute * MINUTE_US));
    }
  }

  async get(path: string): Promise<string> {
    const answer = await fetch(new URL(path, this.url));
    return await answer.text();
  }

  async remove(): Promise<void> {
    await this.stopResearch();
    await this.stopWorker();
    this.spool.close();
    this.wal.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #key(purpose: string, name: string): Signer {
    return signerOf(name, loadSeed(join(this.folder, "broker", "keys", `${purpose}.seed`)));
  }

  #client(baseUrl: string): SignedClient {
    const { name, sign } = this.#key("request", `${ORIGIN}/request`);
    return new SignedClient({ baseUrl, keyId: name, sign });
  }
}
