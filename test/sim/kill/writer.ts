/** A process that appends, seals, pushes, opens and replicates until it is killed. It says what it does. */
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { nodeDisk } from "@believe/host/disk";
import { SignedClient } from "@believe/host/http";
import { nodeSha256 } from "@believe/host/keys";
import { type MirrorClient, Pusher } from "@believe/host/push";
import { encodeLeafRow, Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { type Disk, MINUTE_US, timeUs } from "@believe/shared/base";
import { PartSender } from "../../../agent-broker/src/report/part-sender.ts";
import { type Activity, type Fact, orders } from "./facts.ts";
import { journalKey, ORIGIN, requestKey } from "./keys.ts";

// Who is killed writes no cache when it ends: all lives but the first start from compiled sources.
flushCompileCache();

const DRAIN_MS = 10_000;
const { folder, mirrorUrl, doorUrl, minute, dies, drains } = orders.parse(
  JSON.parse(process.argv[2] ?? ""),
);
const nowUs = () => timeUs(Date.now() * 1000);
let now: Activity | null = null;
let left = dies?.after ?? 0;

function say(said: Fact): void {
  writeSync(1, `${JSON.stringify(said)}\n`);
}

function begin(activity: Activity): void {
  if (now === activity) return;
  now = activity;
  say({ begins: activity });
}

function maybeDie(): void {
  if (dies === null || now !== dies.during) return;
  if (left-- <= 0) process.kill(process.pid, "SIGKILL");
}

/** The same operations, each of which may be the one before which the process ends. */
function mortal<Operations extends object>(operations: Operations): Operations {
  return new Proxy(operations, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value === "object" && value !== null) return mortal(value);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        maybeDie();
        return Reflect.apply(value, target, given);
      };
    },
  });
}

const disk: Disk = mortal(nodeDisk);
const client = (baseUrl: string) =>
  new SignedClient({ baseUrl, keyId: requestKey.name, sign: requestKey.sign });
const wal = Wal.open({ folder: join(folder, "wal"), wallUs: nowUs, fileBytesMax: 20_000, disk });
const spool = Spool.open({
  folder: join(folder, "log"),
  origin: ORIGIN,
  sha256: nodeSha256,
  wal,
  disk,
});
spool.onSealed(() => {
  for (const leaf of spool.leaves(Math.max(0, spool.size - 1))) {
    say({ leaf: leaf.index, row: encodeLeafRow(leaf) });
  }
});
const edge = client(mirrorUrl);
const announced: MirrorClient = {
  get: (path) => edge.get(path),
  put: (path, body, type) => {
    begin(path.includes("/open/") ? "open" : "push");
    return edge.put(path, body, type);
  },
  post: (path, body, type, options) => {
    begin("push");
    return edge.post(path, body, type, options);
  },
};
const pusher = new Pusher({
  spool,
  wal,
  client: announced,
  signer: journalKey,
  opens: () => true,
  wallUs: nowUs,
  leavesPerSecond: 1e6,
  backoff: { firstMs: 1, maxMs: 4, random: Math.random },
});
const sender = new PartSender({
  client: client(doorUrl),
  signer: requestKey,
  origin: ORIGIN,
  wal,
  spool,
});

async function carry(): Promise<void> {
  begin("push");
  if (!(await pusher.drain(DRAIN_MS)))
    throw new Error(`expected a push: ${pusher.state.lastError}`);
  begin("replicate");
  const replicated = { journal: wal.durableSeq, leaves: spool.size };
  if (await sender.send()) say({ replicated });
}

for (let at = minute; !drains; at++) {
  begin("seal");
  spool.advance(timeUs((28_000_000 + at) * MINUTE_US));
  for (let group = 0; group < 3; group++) {
    begin("append");
    const written = Array.from({ length: 1 + (at % 4) }, (_, i) =>
      wal.append({ stream: "stop", body: { reason: `m${at}-${group}-${i}` } }),
    );
    wal.sync();
    for (const { seq, line } of written) {
      say({ seq, line });
      spool.add(seq, line);
    }
  }
  await carry();
}
await carry();
await pusher.stop();
spool.close();
wal.close();
process.exit(0);
