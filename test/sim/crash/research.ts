import { signerOf } from "@believe/host/keys";
import type { Part, PartSeries } from "@believe/host/replica";
import { type Rng, utf8 } from "@believe/shared/base";
import { vkeyOf } from "@believe/shared/wire/log";
import { type FaultPlan, SimDisk, type Tear } from "@believe/sim/disk";
import type { PartSenderOptions } from "../../../agent-broker/src/report/part-sender.ts";
import { PartShelf } from "../../../agent-research/src/door/part-shelf.ts";
import { ORIGIN } from "./edge.ts";

export const requestKey = signerOf(`${ORIGIN}/request`, new Uint8Array(32).fill(2));

/** The research machine: a disk of its own, and the shelf of parts behind the door. */
export class Research {
  disk = new SimDisk();
  readonly violations: string[] = [];
  /** The highest number, of each series, that was acknowledged. */
  readonly acknowledged: Record<PartSeries, number> = { journal: 0, leaves: 0 };
  #shelf: PartShelf | null = null;

  async powerOn(): Promise<void> {
    const shelf = new PartShelf({
      folder: "/research/parts",
      origin: ORIGIN,
      vkeys: [vkeyOf(requestKey.name, requestKey.publicKey)],
      disk: this.disk,
    });
    await shelf.open();
    this.#shelf = shelf;
    for (const series of ["journal", "leaves"] as const) {
      if (shelf.list[series].next < this.acknowledged[series]) {
        this.violations.push(`lost acknowledged lines of the ${series}`);
      }
    }
  }

  crash(rng: Rng, tear: Tear, plan: FaultPlan): void {
    this.disk = this.disk.crash(rng, tear);
    this.disk.plan = plan;
    this.#shelf = null;
  }

  /** What the broker's sender calls; a machine without power does not answer. */
  get client(): PartSenderOptions["client"] {
    return {
      put: async (path, body) => {
        const name = path.slice("/replica/broker/".length);
        const bytes = typeof body === "string" ? utf8(body) : body;
        const sha256 = await this.#served((shelf) => shelf.put(name, bytes));
        const series = name.startsWith("journal") ? "journal" : "leaves";
        this.acknowledged[series] = Math.max(
          this.acknowledged[series],
          this.#served((shelf) => shelf.list[series].next),
        );
        return { status: 200, headers: {}, text: JSON.stringify({ sha256 }) };
      },
      post: async () => {
        const list = this.#served((shelf) => shelf.list);
        return { status: 200, headers: {}, text: JSON.stringify({ ...list, segments: [] }) };
      },
    };
  }

  /** The lines of a series as they lie on the shelf. */
  lines(series: PartSeries): string[] {
    const parts: Part[] = this.#served((shelf) => [...shelf.read(series)]);
    return parts.flatMap(({ lines }) => lines);
  }

  #served<Value>(serve: (shelf: PartShelf) => Value): Value {
    if (this.#shelf === null || this.disk.isOff) throw new Error("expected a door, was none");
    return serve(this.#shelf);
  }
}
