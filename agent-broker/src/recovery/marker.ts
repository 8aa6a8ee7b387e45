import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { count } from "@believe/shared/wire";
import { z } from "zod";
import { BrokerFailure } from "../failure.ts";

const marker = z.strictObject({ v: z.literal(1), from: count, leavesFrom: count });
export type Begun = Pick<z.infer<typeof marker>, "from" | "leavesFrom">;

/** `recovering.json`: a rebuild is under way. A crash inside it leaves where it began, so that the record says so. */
export class RecoveryMarker {
  readonly #file: string;

  constructor(state: string) {
    this.#file = join(state, "recovering.json");
  }

  /** Where a rebuild that was cut off began, null when none was. */
  read(): Begun | null {
    if (!existsSync(this.#file)) return null;
    try {
      const { from, leavesFrom } = marker.parse(JSON.parse(readFileSync(this.#file, "utf8")));
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
    writeFileSync(this.#file, `${JSON.stringify({ v: 1, ...begun })}\n`, { flush: true });
  }

  clear(): void {
    rmSync(this.#file, { force: true });
  }
}
