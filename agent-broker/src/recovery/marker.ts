import { dirname, join } from "node:path";
import { nodeDisk, readText, replaceFile } from "@believe/host/disk";
import type { Disk } from "@believe/shared/base";
import { count } from "@believe/shared/wire";
import { z } from "zod";
import { BrokerFailure } from "../failure.ts";

const marker = z.strictObject({ v: z.literal(1), from: count, leavesFrom: count });
export type Begun = Pick<z.infer<typeof marker>, "from" | "leavesFrom">;

/** `recovering.json`: a rebuild is under way. A crash inside it leaves where it began, so that the record says so. */
export class RecoveryMarker {
  readonly #file: string;
  readonly #disk: Disk;

  constructor(state: string, disk: Disk = nodeDisk) {
    this.#file = join(state, "recovering.json");
    this.#disk = disk;
  }

  /** Where a rebuild that was cut off began, null when none was. */
  read(): Begun | null {
    const text = readText(this.#disk, this.#file);
    if (text === null) return null;
    try {
      const { from, leavesFrom } = marker.parse(JSON.parse(text));
      return { from, leavesFrom };
    } catch (cause) {
      throw new BrokerFailure(
        "corrupt-state",
        `expected the begin of a rebuild in ${this.#file}, was other text`,
        { cause },
      );
    }
  }

  write(begun: Begun): void {
    replaceFile(this.#file, `${JSON.stringify({ v: 1, ...begun })}\n`, this.#disk);
  }

  clear(): void {
    if (this.#disk.exists(this.#file)) this.#disk.unlink(this.#file);
    // A marker that came back would have the next start journal the same rebuild once more.
    this.#disk.syncFolder(dirname(this.#file));
  }
}
