import { setTimeout as sleep } from "node:timers/promises";
import type { SignedClient } from "@believe/host/http";
import { nodeSha256 } from "@believe/host/keys";
import { OpeningQueue, openingOf, showsAll } from "@believe/host/push";
import { minuteStartOf, type SealedLeaf } from "@believe/host/spool";
import { isoUs, type TimeUs, timeUs } from "@believe/shared/base";
import { dueByUs, opensAtUs, tradeDateOf } from "@believe/shared/market";
import { Embargo } from "@believe/shared/trade";
import { z } from "zod";
import { ResearchFailure } from "../failure.ts";
import type { ReplicaRecord } from "./replica-record.ts";

/** What opening a day came to: leaves that show more now, and those that showed as much before. */
export interface OpenedDay {
  readonly day: string;
  readonly opened: number;
  readonly same: number;
}

export interface OpenDayOptions {
  readonly record: ReplicaRecord;
  readonly client: Pick<SignedClient, "get" | "put">;
  readonly nowUs: TimeUs;
  /** Pause between two leaves, ms. */
  readonly pauseMs: number;
  /** Ends the work between two leaves. */
  readonly signal?: AbortSignal;
}

const state = z.object({ openedLeaves: z.int().nonnegative() });

/** How many leaves the Worker shows opened. */
export async function openedLeavesAt(client: Pick<SignedClient, "get">): Promise<number> {
  const { status, bytes } = await client.get("/log/broker/state");
  if (status !== 200) throw cannot(`expected the state of the log, was status ${status}`);
  return state.parse(JSON.parse(Buffer.from(bytes).toString("utf8"))).openedLeaves;
}

/**
 * Opens the leaves of one trade date from the replica, and wider those that a trade which ended on it had held back:
 * by the broker's own policy, read from the genesis record. Days are opened in order, so that the number of opened
 * leaves says which they are. Throws `ResearchFailure` for a day that is not due, not here, or not the next one.
 */
export async function openDay(day: string, options: OpenDayOptions): Promise<OpenedDay> {
  const { record, client, nowUs, pauseMs, signal } = options;
  const isLive = record.account.kind === "live";
  const dueUs = opensAtUs(day);
  if (isLive && dueUs > nowUs) {
    throw cannot(`expected a day that is due, was ${day}, which opens at ${isoUs(dueUs)}`);
  }
  const queue = new OpeningQueue({
    spool: record,
    wal: record,
    opens: isLive ? new Embargo() : () => true,
  });
  const indices = await leavesOf(day, record, await openedLeavesAt(client));
  const wider = await queue.wider(timeUs(dueUs - 1), dueUs);
  const atUs = dueByUs(nowUs);
  const came = { opened: 0, same: 0 };
  for (const index of [...new Set([...indices, ...wider])].sort((a, b) => a - b)) {
    if (signal?.aborted) break;
    for (const leaf of record.leaves(index, index + 1)) {
      came[await openLeaf(leaf, { record, queue, client, atUs })] += 1;
    }
    await sleep(pauseMs);
  }
  return { day, ...came };
}

/** The leaves of a day that can be opened; every such leaf before them is open already. */
async function leavesOf(day: string, record: ReplicaRecord, opened: number): Promise<number[]> {
  const indices: number[] = [];
  let before = 0;
  for (const { index, minute, salt } of record.leaves()) {
    const date = tradeDateOf(minuteStartOf(minute));
    if (date > day) break;
    if (salt === null) continue;
    if (date === day) indices.push(index);
    else before += 1;
  }
  if (indices.length === 0) throw cannot(`expected leaves of ${day} in the replica, was none`);
  if (before > opened) {
    throw cannot(
      `expected every day before ${day} to be open, was ${before - opened} leaves short`,
    );
  }
  return indices;
}

async function openLeaf(
  leaf: SealedLeaf,
  of: Pick<OpenDayOptions, "record" | "client"> & {
    readonly queue: OpeningQueue;
    readonly atUs: TimeUs;
  },
): Promise<"opened" | "same"> {
  const { record, client, queue, atUs } = of;
  const { salt } = leaf;
  if (salt === null) return "same";
  const opens = await queue.opensAt(leaf, atUs);
  const from = { origin: record.origin, wal: record, opens, sha256: nodeSha256 };
  const text = openingOf({ ...leaf, salt }, from);
  const path = `/log/broker/open/${leaf.index}`;
  const { status } = await client.put(path, text, "application/jsonl");
  if (status === 201) return "opened";
  if (status === 204) return "same";
  if (status === 409) {
    const served = await client.get(path);
    if (served.status === 200 && showsAll(served.bytes, text)) return "same";
  }
  throw cannot(`expected ${path} to be taken, was status ${status}`);
}

function cannot(message: string): ResearchFailure {
  return new ResearchFailure("cannot-open", message);
}
