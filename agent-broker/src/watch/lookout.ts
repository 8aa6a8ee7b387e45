import type { TradingLoop } from "../trading-loop.ts";
import { Kennel } from "./kennel.ts";
import { type Seen, SightKeeper } from "./sight.ts";
import { watchdogs } from "./watchdogs.ts";

/** Lets the watchdogs look at the agent; what they find becomes an event of the engine. */
export class Lookout {
  readonly kennel = new Kennel(watchdogs);
  readonly #sights = new SightKeeper();
  readonly #loop: Pick<TradingLoop, "holdings" | "onWatch" | "status">;

  constructor(loop: Pick<TradingLoop, "holdings" | "onWatch" | "status">) {
    this.#loop = loop;
  }

  look(seen: Omit<Seen, "isOpen">): void {
    const { holdings } = this.#loop;
    if (holdings === null) return;
    const phase = this.#loop.status()?.session.phase;
    const isOpen = phase === "rth" || phase === "eth";
    const sight = this.#sights.look({ ...seen, isOpen }, holdings);
    for (const { dog, barking } of this.kennel.look(sight)) this.#loop.onWatch(dog, barking);
  }
}
