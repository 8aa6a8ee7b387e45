import { createHash } from "node:crypto";
import type { SignedClient, TextAnswer } from "@believe/host/http";
import {
  type PartSeries,
  parsePartName,
  partName,
  readAnswer,
  replicaList,
  signPart,
} from "@believe/host/replica";
import { encodeLeafRow, type Spool } from "@believe/host/spool";
import type { Wal } from "@believe/host/wal";
import { utf8 } from "@believe/shared/base";
import type { Signer } from "@believe/shared/wire/log";
import { acknowledgedHash } from "./replicator.ts";

/** A part that has reached this many bytes grows no more: the next line begins another. */
const GROWN_BYTES = 64 * 1024;
/** Lines that one part may hold in bytes, when much is waiting. */
const PART_LINES_BYTES = 1024 * 1024;

export interface PartSenderOptions {
  readonly client: Pick<SignedClient, "put" | "post">;
  /** The request key: it signs the parts too. */
  readonly signer: Signer;
  readonly origin: string;
  readonly wal: Pick<Wal, "records">;
  readonly spool: Pick<Spool, "leaves">;
}

/** Where a series stands at the door: its newest part begins at `first`, the line `next` is not there yet. */
interface Reach {
  readonly first: number;
  readonly next: number;
}

/**
 * Keeps the research agent's copy of the journal and of the sealed leaves at most a round behind. Lines leave in
 * order, the journal's before the leaves that seal them; what is not acknowledged is sent again.
 */
export class PartSender {
  readonly #options: PartSenderOptions;
  #reach: Record<PartSeries, Reach> | null = null;

  constructor(options: PartSenderOptions) {
    this.#options = options;
  }

  /** Resolves to whether the door now holds everything that was durable when it was asked. */
  async send(): Promise<boolean> {
    this.#reach ??= await this.#ask();
    if (this.#reach === null) return false;
    return (await this.#sendAll("journal")) && (await this.#sendAll("leaves"));
  }

  async #sendAll(series: PartSeries): Promise<boolean> {
    for (;;) {
      const reach = this.#reach?.[series];
      if (reach === undefined) return false;
      const { first, lines } = this.#waiting(series, reach);
      if (first + lines.length <= reach.next) return true;
      const part = { series, first, last: first + lines.length - 1, lines };
      const { origin, signer, client } = this.#options;
      const note = await signPart(part, origin, signer);
      const answer = await answered(
        client.put(`/replica/broker/${partName(part)}`, note, "text/plain; charset=utf-8"),
      );
      const hash = createHash("sha256").update(utf8(note)).digest("hex");
      if (answer?.status !== 200 || acknowledgedHash(answer.text) !== hash) {
        // Perhaps the door holds more or less than we think: the next round asks it.
        this.#reach = null;
        return false;
      }
      const next = part.last + 1;
      const isGrown = note.length >= GROWN_BYTES;
      this.#reach = { ...this.#current(), [series]: { first: isGrown ? next : first, next } };
    }
  }

  #current(): Record<PartSeries, Reach> {
    const nothing = { first: 0, next: 0 };
    return this.#reach ?? { journal: nothing, leaves: nothing };
  }

  /** The lines of the next part: those of the newest one again while it may grow, then what is new. */
  #waiting(series: PartSeries, reach: Reach): { first: number; lines: string[] } {
    let { first } = reach;
    let lines: string[] = [];
    let bytes = 0;
    for (const line of this.#linesFrom(series, first)) {
      if (first + lines.length === reach.next && bytes >= GROWN_BYTES) {
        first = reach.next;
        lines = [];
        bytes = 0;
      }
      bytes += line.length + 1;
      if (bytes > PART_LINES_BYTES && first + lines.length > reach.next) break;
      lines.push(line);
    }
    return { first, lines };
  }

  *#linesFrom(series: PartSeries, from: number): Generator<string> {
    if (series === "journal") {
      for (const { line } of this.#options.wal.records(from)) yield line;
      return;
    }
    for (const leaf of this.#options.spool.leaves(from)) yield encodeLeafRow(leaf);
  }

  async #ask(): Promise<Record<PartSeries, Reach> | null> {
    const answer = await answered(
      this.#options.client.post("/replica/broker/list", "{}", "application/json"),
    );
    if (answer?.status !== 200) return null;
    const list = readAnswer(replicaList, answer.text);
    if (list === null) return null;
    const reach = (series: PartSeries): Reach => {
      const { next, parts } = list[series];
      return { next, first: parsePartName(parts.at(-1) ?? "")?.first ?? 0 };
    };
    return { journal: reach("journal"), leaves: reach("leaves") };
  }
}

/** Null for a broken connection: the next round tries again. */
async function answered(answer: Promise<TextAnswer>): Promise<TextAnswer | null> {
  return await answer.catch(() => null);
}
