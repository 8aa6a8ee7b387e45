import type { PushState } from "@believe/host/push";
import type { EngineStatus } from "@believe/shared/engine";
import type { BrokerStatus } from "@believe/shared/wire";
import type { LinkState } from "../bridge/index.ts";
import type { BrokerConfig } from "../config.ts";
import type { SierraData } from "../providers/index.ts";
import type { MachineWatch } from "../watch/machine-watch.ts";
import { watchdogs } from "../watch/watchdogs.ts";
import type { SignedReport } from "./signed-report.ts";

const LEASE_US = 15_000_000;

/** What the agent knows of itself at one moment. */
export interface Health {
  readonly engine: EngineStatus | null;
  readonly feed: Pick<SierraData, "counters" | "lastRowWallUs">;
  readonly fresh: boolean;
  readonly staleAfterUs: number;
  readonly pushed: PushState;
  readonly records: number;
  readonly decisionTip: string;
  readonly venue: { readonly name: string; readonly link: LinkState };
  readonly machine: Pick<MachineWatch, "warnings">;
}

/**
 * The signed status. Positions and prices go out only of a paper account on a feed without a licence: of any other
 * the public page must not learn a position early. Of a live account nothing goes out that moves with its trading:
 * no count of lines or resting orders, no decision tip, no reason that an order, a position or a loss gives.
 */
export class StatusReport {
  readonly #config: BrokerConfig;
  readonly #report: SignedReport;
  readonly #wallUs: () => number;
  readonly #startedAtUs: number;

  constructor(config: BrokerConfig, report: SignedReport, wallUs: () => number) {
    this.#config = config;
    this.#report = report;
    this.#wallUs = wallUs;
    this.#startedAtUs = wallUs();
  }

  async send(health: Health): Promise<boolean> {
    return await this.#report.send(this.#document(health));
  }

  #document(health: Health): BrokerStatus {
    const { account, feed, clock } = this.#config;
    const { engine, pushed } = health;
    const isLive = account.kind === "live";
    const isPublic = !isLive && !feed.licensed;
    return {
      v: 1,
      n: this.#report.nextN(),
      atUs: this.#wallUs(),
      leaseUs: LEASE_US,
      agent: "broker",
      account,
      feed: {
        name: feed.name,
        seeded: feed.seeded,
        speed: clock.kind === "tape" ? clock.speed : 1,
        state: feedState(health),
        lastRowAtUs: health.feed.lastRowWallUs,
        staleAfterUs: health.staleAfterUs,
        rows: health.feed.counters.rowsRead,
        domRows: health.feed.counters.domRows,
        quarantined: health.feed.counters.rowsQuarantined,
      },
      marketUs: engine?.marketUs ?? null,
      session: engine?.session ?? null,
      venue: {
        name: health.venue.name,
        state: health.venue.link.state === "ready" ? "ready" : "down",
        resting: isLive ? null : (engine?.restingOrders ?? 0),
      },
      entries: isLive ? outwardEntries(health) : entriesOf(health),
      ...(health.machine.warnings.length > 0 ? { warnings: health.machine.warnings } : {}),
      positions: isPublic ? (engine?.positions ?? []) : null,
      log: {
        size: pushed.size,
        root: pushed.root,
        records: isLive ? null : health.records,
        queued: pushed.queued,
      },
      decisionTip: isLive ? null : health.decisionTip,
      startedAtUs: this.#startedAtUs,
    };
  }
}

function entriesOf({ engine }: Health): BrokerStatus["entries"] {
  return engine?.entries ?? { allowed: false, reasons: ["starting"] };
}

/** Reasons that anybody could give who looks at the market and at this machine. */
const OUTWARD: ReadonlySet<string> = new Set([
  "starting",
  "warming-up",
  "stale-data",
  "no-quote",
  "outside-rth",
  "near-boundary",
  ...watchdogs.filter(({ audience }) => audience === "public").map(({ name }) => name),
]);

/** What of it is no news of the account. */
function outwardEntries(health: Health): BrokerStatus["entries"] {
  const reasons = entriesOf(health).reasons.filter((reason) => OUTWARD.has(reason));
  return { allowed: reasons.length === 0, reasons };
}

function feedState({ feed, fresh }: Health): BrokerStatus["feed"]["state"] {
  if (feed.lastRowWallUs === null) return "waiting";
  return fresh ? "fresh" : "stale";
}
