import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { nodeSha256 } from "@believe/host/keys";
import type { Log } from "@believe/host/log";
import { ProgressFile } from "@believe/host/push";
import { LeafLog } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { type Bytes, sameBytes, type TimeUs } from "@believe/shared/base";
import type { Body } from "@believe/shared/wire";
import { vkeyOf } from "@believe/shared/wire/log";
import type { BrokerConfig } from "../config.ts";
import { BrokerFailure } from "../failure.ts";
import { expectNoLaterKey } from "../keys/held-by-others.ts";
import { type AgentKeys, retired } from "../keys/key-folder.ts";
import { repairCaptures } from "./capture-repair.ts";
import type { Disk } from "./disk.ts";
import { Door } from "./door.ts";
import { Edge } from "./edge.ts";
import { RecoveryMarker } from "./marker.ts";
import { type Others, othersOf } from "./others.ts";
import { journalFrom, leavesFrom } from "./rebuild.ts";

const ANSWER_MS = 5_000;

export interface ReconcileOptions {
  readonly config: BrokerConfig;
  readonly keys: AgentKeys;
  readonly wallUs: () => TimeUs;
  readonly log: Pick<Log, "warn">;
}

/**
 * Before anything is signed: is this disk as far as what was signed from it? Where an old copy was put back, the
 * journal, the leaves and the captures are rebuilt from the research door and the Worker, and the rebuild is journaled.
 * Answers with what was recovered, null when the disk was as it should be. Throws where it cannot become so.
 */
export async function reconcile(options: ReconcileOptions): Promise<Body<"recovered"> | null> {
  const { config, wallUs } = options;
  mkdirSync(join(config.state, "log"), { recursive: true, mode: 0o700 });
  const wal = Wal.open({ folder: join(config.state, "journal"), wallUs });
  try {
    const leaves = new LeafLog(join(config.state, "log"), config.origin, nodeSha256);
    try {
      return await compared(options, { wal, leaves });
    } finally {
      leaves.close();
    }
  } finally {
    wal.close();
  }
}

async function compared(options: ReconcileOptions, disk: Disk): Promise<Body<"recovered"> | null> {
  const { config, keys } = options;
  const client = (baseUrl: string): SignedClient => {
    const { name, sign } = keys.request;
    return new SignedClient({ baseUrl, keyId: name, sign, answerMs: ANSWER_MS });
  };
  const edge = client(config.worker.url);
  const door = config.door === undefined ? null : client(config.door.url);
  try {
    const journal = vkeyOf(keys.journal.name, keys.journal.publicKey);
    const journalKeys = [journal, ...retired(config, "journal")];
    await expectNoLaterKey(edge, { origin: config.origin, vkeys: journalKeys });
    const request = vkeyOf(keys.request.name, keys.request.publicKey);
    const vkeys = [request, ...retired(config, "request")];
    const others = await othersOf({
      origin: config.origin,
      journalKeys,
      statusKey: vkeyOf(keys.status.name, keys.status.publicKey),
      edge: { client: edge, source: new Edge(edge) },
      door:
        door === null
          ? null
          : { client: door, source: new Door({ client: door, origin: config.origin, vkeys }) },
    });
    return await brought(options, disk, others);
  } finally {
    await edge.close();
    await door?.close();
  }
}

async function brought(
  { config, log }: ReconcileOptions,
  disk: Disk,
  others: Others,
): Promise<Body<"recovered"> | null> {
  const { wal, leaves } = disk;
  const marker = new RecoveryMarker(config.state);
  const progress = join(config.state, "log", "push.json");
  const signed = ProgressFile.read(progress).signedSize;
  expectSameLog(disk, others);
  const size = Math.max(signed, ...others.tips.map((tip) => tip.size));
  const known = Math.max(others.statedRecords, others.list?.journal.next ?? 0, leaves.sealedSeq);
  const cutOff = marker.read();
  const isBehind = size > leaves.size || known > wal.nextSeq;
  if (!isBehind && cutOff === null) return null;
  if (isBehind && others.tips.length === 0 && others.list === null) {
    throw new BrokerFailure(
      "cannot-recover",
      `expected at least ${size} leaves and ${known} records on this disk, as signed before, was ${leaves.size} and ${wal.nextSeq}, and neither the Worker nor the research agent answers: ${others.silent.join("; ")}`,
    );
  }
  const begun = cutOff ?? { from: wal.nextSeq, leavesFrom: leaves.size };
  marker.write(begun);
  await journalFrom(disk, others);
  await leavesFrom(disk, others, size);
  expectReached(disk, others, size);
  if (wal.nextSeq > begun.from) {
    const from =
      others.door === null || others.list === null
        ? null
        : { door: others.door, list: others.list };
    const { lost } = await repairCaptures(join(config.state, "capture"), wal, from);
    if (lost.length > 0) log.warn("captures.lost", { segments: lost.join(", ") });
  }
  await ProgressFile.raise(progress, {
    size,
    root: leaves.root(size),
    opened: Math.min(size, await others.openedLeaves()),
  });
  const body: Body<"recovered"> = {
    from: begun.from,
    to: wal.nextSeq,
    lost: Math.max(0, known - wal.nextSeq),
    leavesFrom: begun.leavesFrom,
    leavesTo: leaves.size,
    leavesLost: bareSince(leaves, begun.leavesFrom),
  };
  wal.append({ stream: "recovered", body });
  wal.sync();
  marker.clear();
  log.warn("journal.recovered", body);
  return body;
}

/** What others hold of a size that we reach must be what we hold. */
function expectSameLog({ leaves }: Disk, { tips }: Others): void {
  for (const { size, root, by } of tips) {
    if (size <= leaves.size) expectRoot(leaves.root(size), root, `${by} holds at size ${size}`);
  }
}

function expectReached({ wal, leaves }: Disk, others: Others, size: number): void {
  if (leaves.size < size || leaves.sealedSeq > wal.nextSeq) {
    throw new BrokerFailure(
      "cannot-recover",
      `expected ${size} leaves and the ${leaves.sealedSeq} records that they seal, as signed before, was ${leaves.size} and ${wal.nextSeq} with everything that the Worker and the research agent have`,
    );
  }
  expectSameLog({ wal, leaves }, others);
}

function expectRoot(is: Bytes, due: Bytes, what: string): void {
  if (sameBytes(is, due)) return;
  throw new BrokerFailure(
    "record-differs",
    `expected the leaves on this disk to give the root that ${what}, was another: two records cannot both be true, and a person has to look`,
  );
}

function bareSince(leaves: LeafLog, from: number): number {
  let bare = 0;
  for (const { salt } of leaves.read(from, leaves.size)) if (salt === null) bare += 1;
  return bare;
}
