import { setTimeout as sleep } from "node:timers/promises";
import type { SignedClient } from "@believe/host/http";
import { verifyNode } from "@believe/host/keys";
import { type Bytes, BytesFailure, sameBytes, utf8Text } from "@believe/shared/base";
import { LogFailure, openKeyChanges, type Signer, vkeyOf } from "@believe/shared/wire/log";
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
  const newest = await newestKey(name, bytes);
  const own = vkeyOf(name, publicKey);
  if (newest === null || newest === own) return;
  throw new BrokerFailure(
    "key-differs",
    `expected the Worker to follow this agent's journal key ${own}, was ${newest}: a person has to look`,
  );
}

/** The key after the last served change, null where there was none. */
async function newestKey(origin: string, bytes: Bytes): Promise<string | null> {
  try {
    const { changes } = served.parse(JSON.parse(utf8Text(bytes)));
    return (await openKeyChanges(changes, origin, verifyNode)).at(-1)?.newVkey ?? null;
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
