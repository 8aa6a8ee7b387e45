import { nodeSha256 } from "@believe/host/keys";
import { Pusher } from "@believe/host/push";
import { Spool } from "@believe/host/spool";
import { type Processes, Wal } from "@believe/host/wal";
import { base64, type Rng, timeUs } from "@believe/shared/base";
import type { SimDisk } from "@believe/sim/disk";
import { Edge, journalKey, ORIGIN, witnessVkey } from "../../../test/sim/crash/edge.ts";
import { BEGINS_US } from "../agent.ts";
import { faultyClient, type PushFault } from "./faulty-client.ts";

const DRAIN_MS = 20_000;
const WALL_US = timeUs(BEGINS_US + 3_600_000_000);

/** The process that comes after the last one of the world. */
const processes: Processes = {
  self: 1_000_000,
  startOf: (pid) => (pid === 1_000_000 ? "last" : null),
  isRunning: (pid) => pid === 1_000_000,
  nowMs: () => WALL_US / 1000,
  bootedAtMs: () => 0,
};

/**
 * 28: carries what a world left on its disk to a mirror over a net that loses, doubles and refuses. Every leaf arrives
 * once, no size has two roots, and what the mirror opens is the journal. Null when so, else what was expected.
 */
export async function pushRecord(
  disk: SimDisk,
  rng: Rng,
  met: (fault: PushFault) => void,
): Promise<string | null> {
  const edge = new Edge();
  const lasting: unknown[] = [];
  const wal = Wal.open({ folder: "/state/journal", wallUs: () => WALL_US, disk, processes });
  const options = { folder: "/state/log", origin: ORIGIN, sha256: nodeSha256, wal, disk };
  const spool = Spool.open(options);
  spool.cut();
  const pusher = new Pusher({
    spool,
    wal,
    client: faultyClient(
      edge.client(async () => undefined),
      rng,
      met,
    ),
    signer: journalKey,
    witness: witnessVkey,
    opens: () => true,
    wallUs: () => WALL_US,
    leavesPerSecond: 1e6,
    leavesPerRound: 1 + rng.below(3),
    backoff: { firstMs: 0.01, maxMs: 0.02, random: () => 0.5 },
    onLasting: (failure) => lasting.push(failure),
  });
  const isDone = await pusher.drain(DRAIN_MS);
  await pusher.stop();
  const [first] = [...lasting, ...edge.violations];
  if (first !== undefined) return `expected a push that goes on, was ${String(first)}`;
  if (!isDone) return `expected ${spool.size} leaves at the mirror, was ${edge.size}`;
  if (edge.root !== base64(spool.root(edge.size))) return "expected one root, was another";
  const lines = [...wal.records()].map(({ line }) => line);
  const opened = await edge.lines();
  const isSame = edge.size === spool.size && opened.join("\n") === lines.join("\n");
  return isSame ? null : `expected ${lines.length} lines opened once, was ${opened.length}`;
}
