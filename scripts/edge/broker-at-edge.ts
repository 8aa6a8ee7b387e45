import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { newSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { type MirrorClient, Pusher, type WitnessPost } from "@believe/host/push";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { base64, MINUTE_US, timeUs } from "@believe/shared/base";
import type { Draft, Estate, JournalRecord } from "@believe/shared/wire";
import { ED25519_COSIGNATURE, formatPolicy, type Signer, vkeyOf } from "@believe/shared/wire/log";
import { type RunningWorker, startWorker } from "../start/worker.ts";

const ORIGIN = "log.example/j/broker";
const WORKER_WITNESS = "log.example/witness";
const DRAIN_MS = 120_000;

/** Where a made-up record begins: three hours before a midnight, so that it reaches over two days. */
export const FIRST_MINUTE_US = Date.UTC(2024, 0, 9, 21, 0) * 1000;

export interface PushHow {
  /** Leaves that one checkpoint covers; an agent sends each by itself. */
  readonly leavesPerRound?: number;
  readonly opens?: (record: JournalRecord) => boolean;
  /** Witnesses beside the Worker. */
  readonly witnesses?: readonly WitnessPost[];
}

/** Every key of a made-up estate. */
function newKeys() {
  return {
    journal: signerOf(ORIGIN, newSeed()),
    status: signerOf(`${ORIGIN}/status`, newSeed()),
    request: signerOf(`${ORIGIN}/request`, newSeed()),
    researchStatus: signerOf(`${ORIGIN}/research/status`, newSeed()),
    researchRequest: signerOf(`${ORIGIN}/research/request`, newSeed()),
    researchWitness: signerOf(`${ORIGIN}/research/witness`, newSeed()),
    witnessSeed: newSeed(),
  };
}
type Keys = ReturnType<typeof newKeys>;

function estateOf(keys: Keys): Estate {
  const vkey = ({ name, publicKey }: Signer): string => vkeyOf(name, publicKey);
  return {
    brand: "example",
    site: "example.test",
    dashboard: "log.example",
    origin: ORIGIN,
    account: { kind: "paper", name: "paper-1" },
    keys: {
      journal: vkey(keys.journal),
      brokerStatus: vkey(keys.status),
      brokerRequest: vkey(keys.request),
      researchStatus: vkey(keys.researchStatus),
      researchRequest: vkey(keys.researchRequest),
    },
  };
}

/** Both of Worker and research host must cosign, as in an estate of two machines. */
function policyOf(keys: Keys): string {
  const worker = signerOf(WORKER_WITNESS, keys.witnessSeed);
  const vkey = ({ name, publicKey }: Signer): string =>
    vkeyOf(name, publicKey, ED25519_COSIGNATURE);
  const { journal, researchWitness } = keys;
  const witnesses = [
    { name: "worker", vkey: vkey(worker) },
    { name: "research", vkey: vkey(researchWitness) },
  ];
  return formatPolicy({ log: vkeyOf(journal.name, journal.publicKey), witnesses, threshold: 2 });
}

/**
 * A real Worker with empty storage, and a broker's journal, log and keys beside it: what tests and measurements of
 * the edge begin with. The record is written and pushed by the agents' own classes.
 */
export class BrokerAtEdge {
  readonly worker: RunningWorker;
  readonly keys: Keys;
  readonly witness: Signer;
  readonly client: SignedClient;
  readonly researchClient: SignedClient;
  readonly wal: Wal;
  readonly spool: Spool;
  readonly #folder: string;
  #minutes = 0;

  private constructor(folder: string, keys: Keys, worker: RunningWorker) {
    this.#folder = folder;
    this.keys = keys;
    this.worker = worker;
    this.witness = signerOf(WORKER_WITNESS, keys.witnessSeed);
    this.client = clientOf(worker, keys.request);
    this.researchClient = clientOf(worker, keys.researchRequest);
    const wallUs = () => timeUs(1);
    this.wal = Wal.open({ folder: join(folder, "wal"), wallUs });
    const log = join(folder, "log");
    this.spool = Spool.open({ folder: log, origin: ORIGIN, sha256: nodeSha256, wal: this.wal });
    this.spool.advance(timeUs(FIRST_MINUTE_US));
  }

  /** Starts the Worker; `entrypoint` may wrap it, `isWitnessed` wants the research host's cosignatures too. */
  static async start({
    entrypoint,
    isWitnessed = false,
  }: {
    readonly entrypoint?: string;
    readonly isWitnessed?: boolean;
  } = {}): Promise<BrokerAtEdge> {
    const folder = mkdtempSync(join(tmpdir(), "believe-edge-"));
    const keys = newKeys();
    const policy = isWitnessed ? { policy: policyOf(keys) } : {};
    const worker = await startWorker({
      port: 0,
      persist: join(folder, "worker"),
      estate: JSON.stringify({ ...estateOf(keys), ...policy }),
      witnessSeed: base64(keys.witnessSeed),
      ...(entrypoint === undefined ? {} : { entrypoint }),
    });
    return new BrokerAtEdge(folder, keys, worker);
  }

  /** Writes and seals so many minutes of what `draftsOf` says of each, counted from the first ever. */
  fill(minutes: number, draftsOf: (minute: number) => readonly Draft[]): void {
    for (let i = 0; i < minutes; i++) {
      const lines = draftsOf(this.#minutes).map((draft) => this.wal.append(draft));
      this.wal.sync();
      for (const { seq, line } of lines) this.spool.add(seq, line);
      this.#minutes += 1;
      this.spool.advance(timeUs(FIRST_MINUTE_US + this.#minutes * MINUTE_US));
    }
  }

  /**
   * Pushes every sealed leaf as fast as the Worker takes them, until it covers and opened them. Returns how long
   * requests were under way, milliseconds: the Worker's part of it, since a pusher sends one after the other.
   */
  async push(how: PushHow = {}): Promise<number> {
    const client = new TimedClient(this.client);
    const pusher = this.pusher(how, client);
    const isThere = await pusher.drain(DRAIN_MS);
    await pusher.stop();
    if (!isThere) throw new Error(`expected the Worker to take it, was ${pusher.state.lastError}`);
    return client.ms;
  }

  /** The agent's own pusher, as fast as the Worker takes it. */
  pusher(
    { leavesPerRound = 1, opens = () => true, witnesses = [] }: PushHow = {},
    client: MirrorClient = this.client,
  ): Pusher {
    return new Pusher({
      spool: this.spool,
      wal: this.wal,
      client,
      signer: this.keys.journal,
      opens,
      wallUs: () => timeUs(Date.now() * 1000),
      leavesPerSecond: 1e6,
      leavesPerRound,
      witnesses,
    });
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.researchClient.close();
    this.spool.close();
    this.wal.close();
    await this.worker.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A client that adds up how long its requests are under way. */
class TimedClient implements MirrorClient {
  ms = 0;
  readonly #client: SignedClient;

  constructor(client: SignedClient) {
    this.#client = client;
  }

  get(...args: Parameters<MirrorClient["get"]>): ReturnType<MirrorClient["get"]> {
    return this.#timed(this.#client.get(...args));
  }

  put(...args: Parameters<MirrorClient["put"]>): ReturnType<MirrorClient["put"]> {
    return this.#timed(this.#client.put(...args));
  }

  post(...args: Parameters<MirrorClient["post"]>): ReturnType<MirrorClient["post"]> {
    return this.#timed(this.#client.post(...args));
  }

  async #timed<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const begin = performance.now();
    try {
      return await answer;
    } finally {
      this.ms += performance.now() - begin;
    }
  }
}

function clientOf(worker: RunningWorker, { name, sign }: Signer): SignedClient {
  return new SignedClient({ baseUrl: worker.url, keyId: name, sign });
}
