import type { Pusher } from "@believe/host/push";
import { invariant, type TimeUs } from "@believe/shared/base";
import { FIRST_TIP } from "@believe/shared/engine";
import type { Command, ConsoleState } from "@believe/shared/wire";
import type { MarketClock } from "../clock/market-clock.ts";
import type { BrokerConfig } from "../config.ts";
import type { CommandAnswer, ConsolePort } from "../console/console-port.ts";
import type { Taken } from "../hand/index.ts";
import { KillLatch, killFileOf } from "../latch/index.ts";
import { resumeStateOf } from "../opening-records.ts";
import type { OrderDesk } from "../order-desk.ts";
import type { Recovered } from "../recover.ts";
import type { Kennel } from "../watch/kennel.ts";
import { deskState } from "./desk-state.ts";

export interface DeskWindowOptions {
  readonly config: BrokerConfig;
  readonly desk: OrderDesk;
  readonly recovered: Recovered;
  readonly pusher: Pick<Pusher, "state">;
  readonly clock: MarketClock;
  readonly kennel: Kennel;
  readonly feed: () => ConsoleState["feed"];
  readonly wallUs: () => TimeUs;
}

/** The running agent as a person sees and moves it, whether from the console or from the command line. */
export class DeskWindow implements ConsolePort {
  readonly #options: DeskWindowOptions;
  readonly #latch: KillLatch;
  readonly #dailyLossMinorMax: number;

  constructor(options: DeskWindowOptions) {
    this.#options = options;
    this.#latch = new KillLatch(killFileOf(options.config));
    this.#dailyLossMinorMax = resumeStateOf(options.config, FIRST_TIP).limits.dailyLossMinorMax;
  }

  /** Only once the engine has begun. */
  state(): ConsoleState {
    const { config, desk, recovered, pusher, clock, kennel, feed, wallUs } = this.#options;
    const { wal, spool, memory } = recovered;
    const { loop, bridge } = desk;
    const { holdings } = loop;
    invariant(holdings, "the desk is shown once the engine has begun");
    return deskState({
      config,
      wallUs: wallUs(),
      holdings,
      engine: loop.status(),
      marketUs: clock.lastUs,
      venue: { name: bridge.capabilities.name, link: bridge.link },
      foreign: loop.connection?.foreign ?? [],
      feed: feed(),
      killFile: this.#latch.isSet,
      dogs: kennel.states,
      memory,
      journal: {
        records: wal.nextSeq,
        durable: wal.durableSeq,
        leaves: spool.size,
        queued: pusher.state.queued,
      },
      dailyLossMinorMax: this.#dailyLossMinorMax,
    });
  }

  async command(act: Command): Promise<CommandAnswer> {
    return this.#options.desk.hand.take(act);
  }

  /** The same for the command line: a sentence that says what was journaled. */
  ask(act: Command): Taken & { readonly said: string } {
    const { hand } = this.#options.desk;
    const taken = hand.take(act);
    if (!taken.ok) return { ...taken, said: taken.reason };
    return { ...taken, said: `${act.kind} is record ${taken.seq}${this.#after(taken.seq)}` };
  }

  /** What the journal says next, in short. */
  #after(seq: number): string {
    const next: string[] = [];
    for (const { record } of this.#options.recovered.wal.records(seq + 1)) {
      next.push(
        record.stream === "intent" ? `${record.body.action} ${record.body.order}` : record.stream,
      );
    }
    return next.length === 0 ? "" : `; then ${next.join(", ")}`;
  }
}
