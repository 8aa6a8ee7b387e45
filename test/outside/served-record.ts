import { newSeed, signerOf } from "@believe/host/keys";
import { MINUTE_US } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";
import { operatorName, type Signer, vkeyOf } from "@believe/shared/wire/log";
import { BrokerAtEdge, FIRST_MINUTE_US } from "../../scripts/edge/broker-at-edge.ts";

/** Over midnight: two day files, one full tile and one partial. */
export const MINUTES = 300;
/** Size of the older checkpoint that a visitor kept. */
export const OLD_SIZE = 150;

/** A real Worker that serves a record of some hours, and what a visitor knows about it. */
export interface ServedRecord {
  /** Address of the log: "http://127.0.0.1:1234/log/broker". */
  readonly url: string;
  readonly vkey: string;
  readonly witnessVkey: string;
  readonly journal: Signer;
  readonly witness: Signer;
  readonly operator: Signer;
  /** Every sealed leaf's text, and the checkpoint at `OLD_SIZE`, or at the end of a shorter record. */
  readonly leaves: readonly string[];
  readonly oldCheckpoint: string;
  stop(): Promise<void>;
}

function draftsOf(minute: number): Draft[] {
  const decision: Draft = {
    stream: "decision",
    body: {
      strategy: "sma-cross",
      symbol: "ES",
      atUs: FIRST_MINUTE_US + minute * MINUTE_US,
      verdict: "hold",
      side: null,
      close: "4783.25",
      reasons: ["no-cross"],
    },
  };
  // Every third minute is empty, every fifth has something that opens.
  if (minute % 3 === 0) return [];
  return minute % 5 === 0
    ? [decision, { stream: "stop", body: { reason: `end-of-part-${minute}` } }]
    : [decision];
}

/** Writes a record with the agents' own classes, pushes it to a real Worker, and waits until it serves all of it. */
export async function serveRecord(minutes = MINUTES): Promise<ServedRecord> {
  const oldSize = Math.min(OLD_SIZE, minutes);
  const broker = await BrokerAtEdge.start();
  broker.fill(minutes, draftsOf);
  await broker.push({ leavesPerRound: oldSize, opens: ({ stream }) => stream !== "decision" });
  const { worker, witness, spool } = broker;
  const { journal } = broker.keys;
  return {
    url: `${worker.url}/log/broker`,
    vkey: vkeyOf(journal.name, journal.publicKey),
    witnessVkey: vkeyOf(witness.name, witness.publicKey, 0x04),
    journal,
    witness,
    operator: signerOf(operatorName(journal.name), newSeed()),
    leaves: [...spool.leaves()].map(({ text }) => text),
    oldCheckpoint: await spool.checkpoint(journal, oldSize),
    stop: () => broker.stop(),
  };
}
