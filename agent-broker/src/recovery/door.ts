import { HttpFailure, type SignedClient } from "@believe/host/http";
import { verifyNode } from "@believe/host/keys";
import {
  openPart,
  type Part,
  type PartSeries,
  parsePartName,
  ReplicaFailure,
  type ReplicaList,
  readAnswer,
  replicaChunk,
  replicaList,
} from "@believe/host/replica";
import { BrokerFailure } from "../failure.ts";

export interface DoorOptions {
  readonly client: Pick<SignedClient, "post">;
  readonly origin: string;
  /** The request keys that signed our parts: the one in use and those that were retired. */
  readonly vkeys: readonly string[];
}

/** What we left at the research agent's door, asked for again. */
export class Door {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /** Null when it does not answer. */
  async list(): Promise<ReplicaList | null> {
    try {
      const answer = await this.#options.client.post(
        "/replica/broker/list",
        "{}",
        "application/json",
      );
      return answer.status === 200 ? readAnswer(replicaList, answer.text) : null;
    } catch (failure) {
      if (failure instanceof HttpFailure) return null;
      throw failure;
    }
  }

  /** The lines of a series from number `from` on, every part of them signed by us. */
  async *lines(
    list: ReplicaList,
    series: PartSeries,
    from: number,
  ): AsyncGenerator<{ readonly number: number; readonly line: string }> {
    for (const name of list[series].parts) {
      const range = parsePartName(name);
      if (range === null || range.last < from) continue;
      const { first, lines } = await this.#part(name);
      for (const [i, line] of lines.entries()) {
        if (first + i >= from) yield { number: first + i, line };
      }
    }
  }

  /** The text of a file that lies there, a piece at a time. */
  async *text(name: string): AsyncGenerator<string> {
    for (let offset: number | null = 0; offset !== null; ) {
      const question = JSON.stringify({ name, offset });
      const answer = await this.#options.client.post(
        "/replica/broker/read",
        question,
        "application/json",
      );
      const chunk = answer.status === 200 ? readAnswer(replicaChunk, answer.text) : null;
      if (chunk === null) {
        throw new BrokerFailure(
          "cannot-recover",
          `expected ${name} from the research door, was status ${answer.status}`,
        );
      }
      yield chunk.text;
      offset = chunk.next;
    }
  }

  async #part(name: string): Promise<Part> {
    let note = "";
    for await (const text of this.text(name)) note += text;
    const { origin, vkeys } = this.#options;
    try {
      return await openPart(name, note, { origin, vkeys, verify: verifyNode });
    } catch (cause) {
      if (!(cause instanceof ReplicaFailure)) throw cause;
      throw new BrokerFailure("cannot-recover", `at the research door: ${cause.message}`, {
        cause,
      });
    }
  }
}
