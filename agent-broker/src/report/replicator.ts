import { createHash } from "node:crypto";
import { join } from "node:path";
import { nodeDisk, replaceFileLater } from "@believe/host/disk";
import type { SignedClient } from "@believe/host/http";
import type { Disk } from "@believe/shared/base";
import { z } from "zod";

const acknowledged = z.object({ sha256: z.string() });

/**
 * Brings closed capture segments to the research agent's door. A segment counts as replicated once the door
 * answered with the hash of our own bytes; the acknowledgement is kept beside it as `<segment>.ack`.
 */
export class Replicator {
  readonly #client: Pick<SignedClient, "put">;
  readonly #folder: string;
  readonly #disk: Disk;

  constructor(client: Pick<SignedClient, "put">, folder: string, disk: Disk = nodeDisk) {
    this.#client = client;
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Sends what is closed and not acknowledged yet; resolves to how many segments still wait. */
  async send(closed: ReadonlySet<string>): Promise<number> {
    const disk = this.#disk;
    const waiting = disk
      .list(this.#folder)
      .filter((name) => closed.has(name) && !disk.exists(join(this.#folder, `${name}.ack`)))
      .sort();
    let left = waiting.length;
    for (const name of waiting) {
      const bytes = new Uint8Array(disk.readWhole(join(this.#folder, name)));
      const hash = createHash("sha256").update(bytes).digest("hex");
      const answer = await this.#client
        .put(`/replica/broker/${name}`, bytes, "application/jsonl")
        .catch(() => null);
      if (answer?.status !== 200) return left;
      if (acknowledgedHash(answer.text) !== hash) return left;
      await replaceFileLater(join(this.#folder, `${name}.ack`), `${hash}\n`, disk);
      left -= 1;
    }
    return left;
  }
}

/** The hash in the answer of a door, null in any other answer. */
export function acknowledgedHash(text: string): string | null {
  try {
    return acknowledged.parse(JSON.parse(text)).sha256;
  } catch {
    return null;
  }
}
