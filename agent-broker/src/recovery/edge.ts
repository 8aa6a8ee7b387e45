import { HttpFailure, type SignedClient } from "@believe/host/http";
import { verifyNode } from "@believe/host/keys";
import { BytesFailure, utf8Text } from "@believe/shared/base";
import { brokerStatus, count } from "@believe/shared/wire";
import {
  LogFailure,
  openDocument,
  parseBundle,
  TILE_WIDTH,
  tilePath,
} from "@believe/shared/wire/log";
import { z } from "zod";
import { BrokerFailure } from "../failure.ts";

const state = z.object({ openedLeaves: count });
const live = z.object({ broker: z.string().nullable() });

/** What the Worker serves of our log, asked for by whoever lost it. Nothing of it is believed before it is checked. */
export class Edge {
  readonly #client: Pick<SignedClient, "get">;

  constructor(client: Pick<SignedClient, "get">) {
    this.#client = client;
  }

  /** The texts of leaves `from` to `size` (not included) of a log that has `size`. */
  async leafTexts(from: number, size: number): Promise<string[]> {
    const texts: string[] = [];
    while (from + texts.length < size) {
      const index = Math.floor((from + texts.length) / TILE_WIDTH);
      const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
      const path = tilePath("entries", index, width);
      const { status, bytes } = await this.#client.get(`/log/broker/${path}`);
      if (status !== 200) {
        throw new BrokerFailure(
          "cannot-recover",
          `expected the Worker's ${path} to rebuild this disk from, was status ${status}`,
        );
      }
      const entries = parseBundle(bytes, width).map((entry) => utf8Text(entry));
      texts.push(...entries.slice(from + texts.length - index * TILE_WIDTH));
    }
    return texts;
  }

  /** The opening of a leaf, null where it is not open. */
  async opening(leaf: number): Promise<string | null> {
    const { status, bytes } = await this.#client.get(`/log/broker/open/${leaf}`);
    return status === 200 ? utf8Text(bytes) : null;
  }

  /** How many leaves are open, 0 where it does not say. */
  async openedLeaves(): Promise<number> {
    const { status, bytes } = await this.#client.get("/log/broker/state");
    if (status !== 200) return 0;
    const parsed = state.safeParse(jsonOf(utf8Text(bytes)));
    return parsed.success ? parsed.data.openedLeaves : 0;
  }

  /** Records that our newest status there speaks of, 0 where it speaks of none or our status key did not sign it. */
  async statedRecords(vkey: string): Promise<number> {
    try {
      const { status, bytes } = await this.#client.get("/api/live");
      if (status !== 200) return 0;
      const snapshot = live.safeParse(jsonOf(utf8Text(bytes)));
      if (!snapshot.success || snapshot.data.broker === null) return 0;
      const document = await openDocument(snapshot.data.broker, vkey, verifyNode);
      const said = brokerStatus.safeParse(document);
      return said.success ? (said.data.log.records ?? 0) : 0;
    } catch (failure) {
      const isKnown =
        failure instanceof HttpFailure ||
        failure instanceof LogFailure ||
        failure instanceof BytesFailure;
      if (isKnown) return 0;
      throw failure;
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
