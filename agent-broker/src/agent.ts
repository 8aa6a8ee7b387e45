import { join } from "node:path";
import { every } from "@believe/host/every";
import { SignedClient } from "@believe/host/http";
import { loadOrCreateSeed, signerOf } from "@believe/host/keys";
import { type Log, makeLog } from "@believe/host/log";
import { Pusher } from "@believe/host/push";
import { type TimeUs, timeUs } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import { createPaperVenue } from "@believe/shared/match";
import { FreshnessGate } from "./clock/freshness.ts";
import { MarketClock } from "./clock/market-clock.ts";
import type { BrokerConfig } from "./config.ts";
import { drainWhileShrinking } from "./drain.ts";
import { genesisOf, opens, resumeStateOf, startOf } from "./opening-records.ts";
import { SierraData } from "./providers/index.ts";
import { capturesOf, type Recovered, recover } from "./recover.ts";
import { FiguresReport } from "./report/figures-report.ts";
import { PendingLines } from "./report/pending.ts";
import { Replicator } from "./report/replicator.ts";
import { SignedReport } from "./report/signed-report.ts";
import { StatusReport } from "./report/status-report.ts";
import { type JournalSummary, summaryOf } from "./summary.ts";
import { TradingLoop, type TradingLoopOptions } from "./trading-loop.ts";

const TICK_MS = 20;
const SAVE_MS = 1_000;
const REPLICATE_MS = 2_000;

/** What a run came to, printed as the agent's last line. */
export interface BrokerSummary extends JournalSummary {
  readonly rowsRead: number;
  readonly rowsQuarantined: number;
  readonly domRows: number;
  /** Events that the engine saw, over all segments. */
  readonly events: number;
  readonly treeSize: number;
  /** Root of the log at `treeSize`, base64. */
  readonly tip: string;
  readonly decisionTip: string;
}

export interface BrokerHooks {
  /** Looks at the loop at its dangerous points: for fault tests. */
  readonly probe?: NonNullable<TradingLoopOptions["probe"]>;
}

/** The broker agent: the feed, the loop, the journal and what leaves the machine. */
export class BrokerAgent {
  readonly #config: BrokerConfig;
  readonly #log: Log;
  readonly #recovered: Recovered;
  readonly #clock: MarketClock;
  readonly #gate: FreshnessGate;
  readonly #loop: TradingLoop;
  readonly #feed: SierraData;
  readonly #pusher: Pusher;
  readonly #resting: () => number;
  readonly #reports: {
    readonly status: StatusReport;
    readonly figures: FiguresReport;
    readonly pending: PendingLines | null;
    readonly replicator: Replicator | null;
  };
  #endLoop: (() => Promise<void>)[] = [];
  #endReports: (() => Promise<void>)[] = [];

  constructor(config: BrokerConfig, hooks: BrokerHooks = {}) {
    const wallUs = (): TimeUs => timeUs(Date.now() * 1_000);
    this.#config = config;
    this.#log = makeLog("broker");
    const recovered = recover(config, wallUs, beginsAt(config, wallUs));
    this.#recovered = recovered;
    this.#clock = new MarketClock(config.clock, wallUs, recovered.resumedAtUs);
    this.#gate = new FreshnessGate(this.#clock, config.feed.staleAfterMs);
    const venue = createPaperVenue({
      instruments: [instrumentOf(config.feed.symbol)],
      latencyUs: 150_000,
      jitterUs: 50_000,
      slippageTicks: 1,
      seed: config.feed.symbol,
    });
    venue.restore(recovered.fold.holdings.orders);
    this.#resting = () => venue.resting;
    this.#loop = new TradingLoop({
      venue,
      journal: recovered.journal,
      capture: recovered.capture,
      clock: this.#clock,
      resumeFrom: (engine) => resumeStateOf(config, engine.decisionTip, engine.holdings?.state()),
      onSegment: (segment) => recovered.closed.add(segment),
      ...(hooks.probe === undefined ? {} : { probe: hooks.probe }),
    });
    this.#feed = this.#openFeed();
    const keys = keysOf(config);
    const client = new SignedClient({
      baseUrl: config.worker.url,
      keyId: keys.request.name,
      sign: keys.request.sign,
    });
    this.#pusher = new Pusher({
      spool: recovered.spool,
      wal: recovered.wal,
      client,
      signer: keys.journal,
      opens: opens(config),
      wallUs,
      leavesPerSecond: config.push.leavesPerSecond,
      ...(config.worker.witness === undefined ? {} : { witness: config.worker.witness }),
      onLasting: (failure) => this.#log.error("push.ended", { why: String(failure) }),
    });
    this.#reports = this.#openReports(client, keys, wallUs);
  }

  /** Journals the start, goes on from where the journal ends, and opens the feed. */
  async start(): Promise<void> {
    const { journal, fold, resumedAtUs, wal } = this.#recovered;
    const { pending } = this.#reports;
    if (pending !== null) journal.onWritten((written) => pending.add(written));
    const isFirst = fold.genesis === null;
    journal.advance(resumedAtUs);
    if (isFirst) journal.append(genesisOf(this.#config, keysOf(this.#config)));
    journal.append(startOf(this.#config, fold));
    journal.sync();
    const state = resumeStateOf(this.#config, fold.decisionTip, fold.holdings);
    this.#loop.resume(resumedAtUs, state);
    this.#log.info("broker.started", {
      seq: wal.nextSeq,
      expired: fold.expired.length,
      torn: wal.tornBytes,
    });
    await this.#feed.start();
    this.#pusher.start();
    this.#begin();
  }

  /** Reads what the feed still has, ends the journal, and lets every leaf leave; `onDraining` hears how many wait. */
  async stop(
    reason: string,
    onDraining: (queued: number) => void = () => {},
  ): Promise<BrokerSummary> {
    const { journal, wal, capture, spool } = this.#recovered;
    for (const end of this.#endLoop) await end();
    await this.#feed.stop();
    this.#readRest();
    this.#loop.onFreshness(false);
    this.#loop.closeSegment();
    this.#feed.saveState();
    journal.append({ stream: "stop", body: { reason } });
    journal.cut();
    const drained = await drainWhileShrinking(this.#pusher, this.#config.drainMs, onDraining);
    for (const end of this.#endReports) await end();
    if (!drained) this.#log.warn("push.left", { queued: this.#pusher.state.queued });
    await this.#reports.replicator?.send(this.#recovered.closed);
    await this.#report();
    await this.#pusher.stop();
    const summary = {
      rowsRead: this.#feed.counters.rowsRead,
      rowsQuarantined: this.#feed.counters.rowsQuarantined,
      domRows: this.#feed.counters.domRows,
      events: capture.events,
      ...summaryOf(wal, this.#config.feed.symbol),
      treeSize: spool.size,
      tip: Buffer.from(spool.root()).toString("base64"),
      decisionTip: this.#loop.decisionTip,
    };
    spool.close();
    wal.close();
    return summary;
  }

  #openFeed(): SierraData {
    const { feed, state } = this.#config;
    const { end } = this.#recovered;
    return new SierraData({
      folder: feed.folder,
      symbol: feed.symbol,
      quarantineFolder: join(state, "quarantine"),
      stateFile: join(state, "feed.json"),
      pollMs: feed.pollMs,
      after: { ticks: end.ticks, dom: end.dom },
      clockUs: () => this.#clock.nowUs(),
      onEvents: (events) => {
        const newest = events.at(-1);
        if (newest) this.#gate.onRow(newest.stampUs);
        this.#loop.onMarket(events);
      },
    });
  }

  #openReports(client: SignedClient, keys: ReturnType<typeof keysOf>, wallUs: () => TimeUs) {
    const { wal } = this.#recovered;
    const { account, door } = this.#config;
    const report = (path: string): SignedReport =>
      new SignedReport({ client, signer: keys.status, path, wallMs: Date.now() });
    return {
      status: new StatusReport(this.#config, report("/status/broker"), wallUs),
      figures: new FiguresReport({ wal, report: report("/figures/broker"), wallUs }),
      pending: account.kind === "paper" ? new PendingLines(client) : null,
      replicator: door
        ? new Replicator(
            new SignedClient({
              baseUrl: door.url,
              keyId: keys.request.name,
              sign: keys.request.sign,
            }),
            capturesOf(this.#config),
          )
        : null,
    };
  }

  /** Starts what runs beside the feed. */
  #begin(): void {
    const { statusMs, pendingMs } = this.#config.push;
    const { pending, replicator } = this.#reports;
    this.#endLoop = [
      every(TICK_MS, async () => this.#tick()),
      every(SAVE_MS, async () => this.#feed.saveState()),
    ];
    this.#endReports = [
      every(statusMs, () => this.#report()),
      every(pendingMs, async () => await pending?.send()),
      every(REPLICATE_MS, async () => await replicator?.send(this.#recovered.closed)),
    ];
  }

  #tick(): void {
    const isRth = this.#loop.status()?.session.phase === "rth";
    this.#loop.onFreshness(this.#gate.isFresh(this.#feed.caughtUp, isRth));
    if (this.#feed.caughtUp) this.#loop.onSilence(this.#clock.silentUs());
  }

  #readRest(): void {
    do this.#feed.poll();
    while (!this.#feed.caughtUp);
  }

  async #report(): Promise<void> {
    const { spool, wal } = this.#recovered;
    const engine = this.#loop.status();
    await this.#reports.status.send({
      engine,
      feed: this.#feed,
      fresh: this.#loop.isFresh,
      staleAfterUs: this.#gate.limitUs(engine?.session.phase === "rth"),
      pushed: this.#pusher.state,
      records: wal.durableSeq,
      decisionTip: this.#loop.decisionTip,
      resting: this.#resting(),
    });
    const { openedLeaves } = this.#pusher.state;
    const newest =
      openedLeaves === 0 ? undefined : [...spool.leaves(openedLeaves - 1, openedLeaves)][0];
    if (newest) await this.#reports.figures.send(newest.firstSeq + newest.count);
  }
}

function beginsAt(config: BrokerConfig, wallUs: () => TimeUs): TimeUs {
  return config.clock.kind === "tape" ? timeUs(config.clock.tapeStartUs) : wallUs();
}

function keysOf(config: BrokerConfig) {
  const signer = (purpose: string, name: string) =>
    signerOf(name, loadOrCreateSeed(join(config.state, "keys", `${purpose}.seed`)));
  return {
    journal: signer("journal", config.origin),
    status: signer("status", `${config.origin}/status`),
    request: signer("request", `${config.origin}/request`),
  };
}
