import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { loadOrCreateSeed, nodeSha256, signerOf } from "@believe/host/keys";
import type { Log } from "@believe/host/log";
import { Pusher } from "@believe/host/push";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { invariant, type TimeUs } from "@believe/shared/base";
import { parseVkey, type Signer, signKeyChange, vkeyOf } from "@believe/shared/wire/log";
import { MarketClock } from "../clock/market-clock.ts";
import type { BrokerConfig } from "../config.ts";
import { BrokerFailure } from "../failure.ts";
import { opens } from "../opening-records.ts";
import { witnessPosts } from "../witness-posts.ts";
import { expectCurrentDisk } from "./current-disk.ts";
import { expectHeld, expectKeyAtWorker } from "./held-by-others.ts";
import { finishKeyChange, nextFile } from "./journal-key.ts";
import { journaledKey } from "./journaled-key.ts";
import { KeyChangeLog } from "./key-change-log.ts";
import { KeyChangePost } from "./key-change-post.ts";
import { type AgentKeys, keysOf, retired } from "./key-folder.ts";

const DRAIN_MS = 60_000;

/** Where a rotation stands: between two of these a crash may fall. */
export type RotationStep =
  | "seed"
  | "journaled"
  | "sealed"
  | "pushed"
  | "noted"
  | "taken"
  | "placed";

export interface RotationOptions {
  readonly config: BrokerConfig;
  readonly wallUs: () => TimeUs;
  readonly log: Pick<Log, "warn">;
  /** Longest wait for the Worker to take what the old key signs. */
  readonly drainMs?: number;
  /** Told after each step is on the disk: for fault tests. */
  readonly onStep?: (step: RotationStep) => void;
}

/**
 * Puts another journal key in the place of the one in force. The journal says so, the leaf that holds these lines is
 * signed by the old key and held by the Worker (and the research door), and both keys sign the change at that size.
 * From the moment the note is on the disk the new key is the log's: a crash before leaves the old one in force, a
 * crash after it is completed at the next start. The agent must be stopped.
 */
export async function rotateJournalKey(options: RotationOptions): Promise<void> {
  const { config, wallUs, log, onStep = () => undefined } = options;
  // A change that a crash cut off is completed; it is the rotation that was asked for.
  const changes = await KeyChangeLog.read(config);
  const isCompleted = finishKeyChange(config, changes);
  const keys = keysOf(config);
  const client = (baseUrl: string): SignedClient => {
    const { name, sign } = keys.request;
    return new SignedClient({ baseUrl, keyId: name, sign });
  };
  const worker = client(config.worker.url);
  const door = config.door === undefined ? null : client(config.door.url);
  try {
    const post = new KeyChangePost({ changes, worker, door, log });
    await post.send();
    if (isCompleted) return;
    await expectCurrentDisk({ config, wallUs, log });
    await expectKeyAtWorker(worker, keys.journal);
    const next = signerOf(keys.journal.name, loadOrCreateSeed(nextFile(config, "journal")));
    onStep("seed");
    const sealed = await sealedByOld(options, { keys, next, worker, door });
    await changes.add(await signKeyChange(sealed, keys.journal, next));
    onStep("noted");
    await post.send();
    onStep("taken");
    finishKeyChange(config, changes);
    onStep("placed");
  } finally {
    await worker.close();
    await door?.close();
  }
}

interface Parties {
  readonly keys: AgentKeys;
  readonly next: Signer;
  readonly worker: SignedClient;
  readonly door: SignedClient | null;
}

/** Journals the change, seals it, and has the leaf signed by the old key and held. Answers what both keys sign. */
async function sealedByOld(options: RotationOptions, parties: Parties) {
  const { config, wallUs, onStep = () => undefined } = options;
  const wal = Wal.open({ folder: join(config.state, "journal"), wallUs });
  try {
    if (wal.nextSeq === 0) {
      throw new BrokerFailure(
        "bad-arguments",
        `expected a journal that has begun in ${config.state}, was an empty one: before its first record a seed file is simply replaced`,
      );
    }
    const { origin, state } = config;
    const spool = Spool.open({ folder: join(state, "log"), origin, sha256: nodeSha256, wal });
    try {
      journalChange(options, parties, { wal, spool });
      onStep("sealed");
      await push(options, parties, { wal, spool });
      onStep("pushed");
      return { origin, size: spool.size, root: spool.root() };
    } finally {
      spool.close();
    }
  } finally {
    wal.close();
  }
}

interface Disk {
  readonly wal: Wal;
  readonly spool: Spool;
}

/** The lines of the change, in a leaf of their own: the last one that the old key signs. */
function journalChange(options: RotationOptions, { keys, next }: Parties, disk: Disk): void {
  const { config, wallUs, onStep = () => undefined } = options;
  const { wal, spool } = disk;
  const [was, is] = [keys.journal, next].map(({ name, publicKey }) => vkeyOf(name, publicKey));
  const said = journaledKey([...wal.records()].map(({ record }) => record));
  const isSealed = (spool.newest?.firstSeq ?? 0) + (spool.newest?.count ?? 0) === wal.nextSeq;
  // Said already by a rotation that a crash cut off, and nothing followed: the lines still tell the truth.
  const isSaid = said?.vkey === is && said?.size === spool.size + (isSealed ? 0 : 1);
  if (isSaid && isSealed) {
    onStep("journaled");
    return;
  }
  const size = spool.size + 1;
  const lines = isSaid
    ? []
    : (
        [
          ["retired", was],
          ["rotated", is],
        ] as const
      ).map(([action, vkey]) =>
        wal.append({ stream: "key", body: { purpose: "journal", action, vkey: vkey ?? "", size } }),
      );
  wal.sync();
  onStep("journaled");
  // The minute that the agent would be in: its clock decides, and minutes never go back.
  const clock = new MarketClock(config.clock, wallUs, wallUs());
  spool.advance(clock.nowUs());
  for (const { seq, line } of lines) spool.add(seq, line);
  spool.cut();
  invariant(spool.size === size, "the change of the key lies in the last leaf of the old key");
}

async function push(
  { config, wallUs, drainMs = DRAIN_MS }: RotationOptions,
  parties: Parties,
  disk: Disk,
): Promise<void> {
  const { keys, worker, door } = parties;
  const { spool, wal } = disk;
  const earlierKeys = retired(config, "journal");
  const pusher = new Pusher({
    spool,
    wal,
    client: worker,
    signer: keys.journal,
    earlierKeys,
    opens: opens(config.account.kind),
    wallUs,
    leavesPerSecond: config.push.leavesPerSecond,
    ...(config.worker.witness === undefined ? {} : { witness: config.worker.witness }),
    witnesses: witnessPosts(config, keys.request),
  });
  try {
    await pusher.drain(drainMs);
    const { size, lastError } = pusher.state;
    if (size !== spool.size) {
      throw new BrokerFailure(
        "not-held",
        `expected the Worker to hold ${spool.size} leaves before the key changes, was ${size}: ${lastError ?? "no answer in time"}; the old key stays in force`,
      );
    }
    const vkey = vkeyOf(keys.journal.name, keys.journal.publicKey);
    const due = { origin: spool.origin, vkeys: [vkey, ...earlierKeys], size, root: spool.root() };
    await expectHeld("the Worker", worker, due);
    if (door !== null) await expectHeld("the research agent", door, due);
    expectWitnessed(config, pusher, spool.size);
  } finally {
    await pusher.stop();
  }
}

/** A witness at the door takes nothing that the old key signs once the key has changed: it must have this size now. */
function expectWitnessed(config: BrokerConfig, pusher: Pusher, size: number): void {
  const atDoor = config.witnesses
    .filter(({ url }) => config.door !== undefined && url.startsWith(config.door.url))
    .map(({ vkey }) => parseVkey(vkey).name);
  const late = pusher.state.witnesses.find((one) => atDoor.includes(one.name) && one.size < size);
  if (late === undefined) return;
  throw new BrokerFailure(
    "not-held",
    `expected ${late.name} to have cosigned the ${size} leaves of the old key before it changes, was ${late.size}: ${late.lastError ?? "no answer in time"}; the old key stays in force`,
  );
}
