import { setTimeout as sleep } from "node:timers/promises";
import { HttpFailure, type SignedClient } from "@believe/host/http";
import { verifyNode } from "@believe/host/keys";
import { type Bytes, BytesFailure, sameBytes, utf8Text } from "@believe/shared/base";
import {
  type KeyChange,
  LogFailure,
  openKeyChanges,
  type Signer,
  vkeyOf,
} from "@believe/shared/wire/log";
import { z } from "zod";
import { BrokerFailure } from "../failure.ts";
import { tipAt } from "../recovery/tip.ts";

/** The research agent follows the Worker every few seconds. */
const HELD_MS = 20_000;
const ASK_MS = 250;

const served = z.object({ v: z.literal(1), origin: z.string(), changes: z.array(z.string()) });

/** The Worker must know changes of a key, and this one as the newest: else it would take nothing of the next one. */
export async function expectKeyAtWorker(
  worker: Pick<SignedClient, "get">,
  { name, publicKey }: Signer,
): Promise<void> {
  const { status, bytes } = await worker.get("/log/broker/key-changes");
  if (status !== 200) {
    throw new BrokerFailure(
      "not-held",
      `expected a Worker that takes changes of the journal key, was status ${status}; the old key stays in force`,
    );
  }
  const newest = (await servedChanges(name, bytes)).at(-1)?.newVkey ?? null;
  const own = vkeyOf(name, publicKey);
  if (newest === null || newest === own) return;
  throw new BrokerFailure(
    "key-differs",
    `expected the Worker to follow this agent's journal key ${own}, was ${newest}: a person has to look`,
  );
}

/**
 * A disk that went back behind a change of the key holds a seed that signs nothing any more. Only a note that one of
 * our own keys signed says so: whoever does not answer, or answers with others' notes, is not believed.
 */
export async function expectNoLaterKey(
  worker: Pick<SignedClient, "get">,
  own: { readonly origin: string; readonly vkeys: readonly string[] },
): Promise<void> {
  const { origin, vkeys } = own;
  let changes: readonly KeyChange[];
  try {
    const { status, bytes } = await worker.get("/log/broker/key-changes");
    if (status !== 200) return;
    changes = await servedChanges(origin, bytes);
  } catch (failure) {
    if (failure instanceof HttpFailure || failure instanceof BrokerFailure) return;
    throw failure;
  }
  const newest = changes.at(-1)?.newVkey;
  const isOurs = changes.some(({ oldVkey }) => vkeys.includes(oldVkey));
  if (newest === undefined || !isOurs || vkeys.includes(newest)) return;
  throw new BrokerFailure(
    "key-differs",
    `expected the journal key ${newest}, to which this log's key changed at size ${changes.at(-1)?.size}, was an older one: put its seed and log/key-changes.jsonl back from your copy`,
  );
}

/** The served changes of the log's key, each signed by both of its keys. */
async function servedChanges(origin: string, bytes: Bytes): Promise<readonly KeyChange[]> {
  try {
    const { changes } = served.parse(JSON.parse(utf8Text(bytes)));
    return await openKeyChanges(changes, origin, verifyNode);
  } catch (cause) {
    const isOther =
      cause instanceof z.ZodError ||
      cause instanceof SyntaxError ||
      cause instanceof BytesFailure ||
      cause instanceof LogFailure;
    if (!isOther) throw cause;
    throw new BrokerFailure("not-held", "expected the Worker's key changes, was other text", {
      cause,
    });
  }
}

export interface Held {
  readonly origin: string;
  readonly vkeys: readonly string[];
  readonly size: number;
  readonly root: Bytes;
}

/** Waits until `by` serves exactly this checkpoint. */
export async function expectHeld(
  by: string,
  client: Pick<SignedClient, "get">,
  { origin, vkeys, size, root }: Held,
): Promise<void> {
  const until = Date.now() + HELD_MS;
  for (;;) {
    const tip = await tipAt(client, { origin, vkeys });
    if (tip.kind === "tip" && tip.size === size && sameBytes(tip.root, root)) return;
    if (Date.now() > until) {
      const is = tip.kind === "tip" ? `${tip.size} leaves` : tip.kind === "none" ? "none" : tip.why;
      throw new BrokerFailure(
        "not-held",
        `expected ${by} to hold the ${size} leaves of the old key before it changes, was ${is}; the old key stays in force`,
      );
    }
    await sleep(ASK_MS);
  }
}
