import { nodeSha256 } from "@believe/host/keys";
import { Pusher } from "@believe/host/push";
import { encodeLeafRow, Spool } from "@believe/host/spool";
import { type Processes, Wal } from "@believe/host/wal";
import { MINUTE_US, timeUs } from "@believe/shared/base";
import type { SimDisk } from "@believe/sim/disk";
import { PartSender } from "../../../agent-broker/src/report/part-sender.ts";
import { type Edge, journalKey, ORIGIN, witnessVkey } from "./edge.ts";
import type { Promises } from "./promises.ts";
import { type Research, requestKey } from "./research.ts";

const T0 = Date.UTC(2024, 0, 9, 14, 20) * 1000;
const DRAIN_MS = 10_000;

/** What the machine is doing, for the count of where the power went. */
export type Activity = "recover" | "append" | "seal" | "push" | "open" | "replicate";

export interface Around {
  readonly disk: SimDisk;
  /** Counts the starts: the lock of an earlier one is a dead process's. */
  readonly boot: number;
  readonly edge: Edge;
  readonly research: Research;
  readonly promises: Promises;
  readonly leavesPerRound: number;
}

/** One life of the agent's record: journal, leaves, pusher and sender on a simulated disk. */
export class Broker {
  activity: Activity = "recover";
  /** What ended the pusher, for ever. */
  readonly lasting: unknown[] = [];
  readonly wal: Wal;
  readonly spool: Spool;
  readonly #around: Around;
  readonly #pusher: Pusher;
  readonly #sender: PartSender;

  constructor(around: Around, minute: number) {
    this.#around = around;
    const { disk, boot, promises, leavesPerRound } = around;
    this.wal = Wal.open({
      folder: "/state/journal",
      wallUs: () => timeUs(T0),
      fileBytesMax: 700,
      disk,
      processes: machine(boot),
    });
    this.spool = Spool.open({
      folder: "/state/log",
      origin: ORIGIN,
      sha256: nodeSha256,
      wal: this.wal,
      disk,
    });
    this.spool.onSealed(() => {
      const { size } = this.spool;
      for (const leaf of this.spool.leaves(promises.leaves.length, size)) {
        promises.leaves.push(encodeLeafRow(leaf));
      }
    });
    this.#pusher = new Pusher({
      spool: this.spool,
      wal: this.wal,
      client: around.edge.client((path) => this.#request(path)),
      signer: journalKey,
      witness: witnessVkey,
      opens: () => true,
      wallUs: () => timeUs(T0),
      leavesPerSecond: 1e6,
      leavesPerRound,
      backoff: { firstMs: 1, maxMs: 2, random: () => 0.5 },
      onLasting: (failure) => this.lasting.push(failure),
    });
    this.#sender = new PartSender({
      client: around.research.client,
      signer: requestKey,
      origin: ORIGIN,
      wal: this.wal,
      spool: this.spool,
    });
    this.spool.advance(timeUs(T0 + minute * MINUTE_US));
  }

  append(reasons: readonly string[]): void {
    this.activity = "append";
    const written = reasons.map((reason) => this.wal.append({ stream: "stop", body: { reason } }));
    this.wal.sync();
    for (const { seq, line } of written) {
      this.#around.promises.lines.push(line);
      this.spool.add(seq, line);
    }
  }

  seal(minute: number): void {
    this.activity = "seal";
    this.spool.advance(timeUs(T0 + minute * MINUTE_US));
  }

  async push(): Promise<boolean> {
    this.activity = "push";
    return await this.#pusher.drain(DRAIN_MS);
  }

  async replicate(): Promise<boolean> {
    this.activity = "replicate";
    return await this.#sender.send();
  }

  /** Lets go of everything; on a machine without power there is nothing to let go of. */
  async stop(): Promise<void> {
    await this.#pusher.stop();
    if (this.#around.disk.isOff) return;
    this.spool.close();
    this.wal.close();
  }

  /** A request of a machine that lost power is never heard of again. */
  async #request(path: string): Promise<void> {
    const { disk, edge, promises } = this.#around;
    if (disk.isOff) await new Promise(() => undefined);
    this.activity = path.includes("/open/") ? "open" : "push";
    const size = Math.max(-1, ...edge.signed.keys());
    const root = edge.signed.get(size);
    if (root !== undefined) promises.signed = { size, root };
  }
}

/** A machine that was booted so many times and runs one process. */
function machine(boot: number): Processes {
  return {
    self: 1,
    startOf: (pid) => (pid === 1 ? `boot-${boot}:1` : null),
    isRunning: (pid) => pid === 1,
    nowMs: () => T0 / 1000,
    bootedAtMs: () => T0 / 1000,
  };
}
