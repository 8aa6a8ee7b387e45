import { join } from "node:path";
import { every } from "@believe/host/every";
import { type Log, makeLog } from "@believe/host/log";
import type { Pusher } from "@believe/host/push";
import { type TimeUs, timeUs } from "@believe/shared/base";
import { vkeyOf } from "@believe/shared/wire/log";
import { FreshnessGate } from "./clock/freshness.ts";
import { MarketClock } from "./clock/market-clock.ts";
import type { BrokerConfig } from "./config.ts";
import { type OpenConsole, openConsole } from "./console/open-console.ts";
import { DeskWindow } from "./desk/index.ts";
import { drainWhileShrinking } from "./drain.ts";
import { finishKeyChange } from "./keys/journal-key.ts";
import { takenBack } from "./keys/journaled-key.ts";
import { KeyChangeLog } from "./keys/key-change-log.ts";
import { type AgentKeys, keysOf } from "./keys/key-folder.ts";
import { genesisOf, resumeStateOf, startOf } from "./opening-records.ts";
import { type OrderDesk, openOrderDesk } from "./order-desk.ts";
import { SierraData } from "./providers/index.ts";
import { type Recovered, recover } from "./recover.ts";
import { reconcile } from "./recovery/reconcile.ts";
import { Reports } from "./report/reports.ts";
import type { Health } from "./report/status-report.ts";
import { requestHandlers } from "./requests/handlers.ts";
import { RequestFolder } from "./requests/request-folder.ts";
import { type JournalSummary, summaryOf } from "./summary.ts";
import { tradeCapabilitiesOf } from "./trade-line.ts";
import type { TradingLoopOptions } from "./trading-loop.ts";
import { openUplink } from "./uplink.ts";
import { ClockWatch } from "./watch/clock-watch.ts";
import { DiskWatch, freeBytesOf } from "./watch/disk-watch.ts";
import { Lookout } from "./watch/lookout.ts";
import { MachineWatch } from "./watch/machine-watch.ts";

const TICK_MS = 20;
const SAVE_MS = 1_000;
const MACHINE_MS = 1_000;
const REQUESTS_MS = 100;

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

/** What a start has in hand before it takes up the disk. */
interface Opened {
  readonly hooks: BrokerHooks;
  readonly keys: AgentKeys;
  readonly keyChanges: KeyChangeLog;
  readonly log: Log;
  readonly lost: number;
}

/** The broker agent: the feed, the loop, the journal and what leaves the machine. */
export class BrokerAgent {
  readonly #config: BrokerConfig;
  readonly #log: Log;
  readonly #recovered: Recovered;
  readonly #clock: MarketClock;
  readonly #gate: FreshnessGate;
  readonly #desk: OrderDesk;
  readonly #feed: SierraData;
  readonly #pusher: Pusher;
  readonly #keys: AgentKeys;
  /** Records that an earlier run wrote and nobody has any more. */
  readonly #lost: number;
  readonly #machine: MachineWatch;
  readonly #lookout: Lookout;
  readonly #window: DeskWindow;
  #feedFresh = false;
  #console: OpenConsole | null = null;
  readonly #reports: Reports;
  #endLoop: (() => Promise<void>)[] = [];

  /**
   * Asks the Worker and the research agent whether this disk is as far as what was signed from it, rebuilds it where
   * it went back, and only then takes it up. Throws `BrokerFailure` where neither can be.
   */
  static async open(config: BrokerConfig, hooks: BrokerHooks = {}): Promise<BrokerAgent> {
    const log = makeLog("broker");
    const keyChanges = await KeyChangeLog.read(config);
    if (finishKeyChange(config, keyChanges)) log.warn("key-change.finished");
    const keys = keysOf(config);
    const recovered = await reconcile({ config, keys, wallUs, log });
    return new BrokerAgent(config, { hooks, keys, keyChanges, log, lost: recovered?.lost ?? 0 });
  }

  private constructor(config: BrokerConfig, { hooks, keys, keyChanges, log, lost }: Opened) {
    this.#config = config;
    this.#log = log;
    this.#keys = keys;
    this.#lost = lost;
    const { keepsOrders } = tradeCapabilitiesOf(config);
    const recovered = recover({ config, wallUs, keys, keyChanges, keepsOrders }, beginsAt(config));
    this.#recovered = recovered;
    this.#clock = new MarketClock(config.clock, wallUs, recovered.resumedAtUs);
    this.#gate = new FreshnessGate(this.#clock, config.feed.staleAfterMs);
    const { probe } = hooks;
    this.#desk = openOrderDesk({ config, recovered, clock: this.#clock, wallUs, probe });
    this.#lookout = new Lookout(this.#desk.loop);
    this.#feed = this.#openFeed();
    const clocks = { worker: new ClockWatch("worker"), research: new ClockWatch("research") };
    const { freeBytesMin } = config.disk;
    const disk = new DiskWatch(freeBytesMin, () => freeBytesOf(config.state));
    this.#machine = new MachineWatch({ clocks: [clocks.worker, clocks.research], disk, log });
    const workerClock = clocks.worker;
    const uplink = openUplink({ config, keys, keyChanges, recovered, workerClock, log, wallUs });
    const { client, pusher } = uplink;
    this.#pusher = pusher;
    this.#window = new DeskWindow({
      config,
      desk: this.#desk,
      recovered,
      pusher,
      clock: this.#clock,
      kennel: this.#lookout.kennel,
      feed: () => ({ fresh: this.#feedFresh, lastRowAtUs: this.#feed.lastRowWallUs }),
      wallUs,
    });
    this.#reports = new Reports({
      config,
      keys,
      recovered,
      pusher,
      client,
      doorClock: clocks.research,
      wallUs,
      health: () => this.#health(),
    });
  }

  /** Journals the start, goes on from where the journal ends, and opens the feed. */
  async start(): Promise<void> {
    const { journal, fold, resumedAtUs, wal } = this.#recovered;
    this.#reports.listen();
    const isFirst = fold.genesis === null;
    journal.advance(resumedAtUs);
    if (isFirst) journal.append(genesisOf(this.#config, this.#keys));
    this.#takeBackKey();
    journal.append(startOf(this.#config, fold, this.#lost));
    journal.sync();
    const state = resumeStateOf(this.#config, fold.decisionTip, fold.holdings);
    this.#desk.loop.resume(resumedAtUs, state);
    this.#log.info("broker.started", {
      seq: wal.nextSeq,
      expired: fold.expired.length,
      torn: wal.tornBytes,
    });
    // Set while no agent ran: nothing is asked of a venue before the journal says so.
    this.#desk.hand.look();
    this.#console = await openConsole(this.#config, this.#window, this.#log);
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
    await this.#console?.close();
    for (const end of this.#endLoop) await end();
    await this.#feed.stop();
    this.#readRest();
    this.#desk.loop.onFreshness(false);
    this.#desk.loop.closeSegment();
    this.#saveState();
    journal.append({ stream: "stop", body: { reason } });
    journal.cut();
    const drained = await drainWhileShrinking(this.#pusher, this.#config.drainMs, onDraining);
    await this.#reports.end();
    if (!drained) this.#log.warn("push.left", { queued: this.#pusher.state.queued });
    await this.#reports.sendLast();
    await this.#pusher.stop();
    const summary = {
      rowsRead: this.#feed.counters.rowsRead,
      rowsQuarantined: this.#feed.counters.rowsQuarantined,
      domRows: this.#feed.counters.domRows,
      events: capture.events,
      ...summaryOf(wal, this.#config.feed.symbol),
      treeSize: spool.size,
      tip: Buffer.from(spool.root()).toString("base64"),
      decisionTip: this.#desk.loop.decisionTip,
    };
    this.#desk.trade.close();
    spool.close();
    wal.close();
    return summary;
  }

  /** Where a crash cut a change of the journal key off before its note, the lines of it are taken back. */
  #takeBackKey(): void {
    const { journal, journaledKey, spool } = this.#recovered;
    const { name, publicKey } = this.#keys.journal;
    const bodies = takenBack(journaledKey, vkeyOf(name, publicKey), spool.size);
    for (const body of bodies ?? []) journal.append({ stream: "key", body });
  }

  #openFeed(): SierraData {
    const { feed, state } = this.#config;
    const { end, skipUpToUs } = this.#recovered;
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
        // Rows whose capture was lost with a disk: what they led to is in the journal that was recovered.
        this.#desk.loop.onMarket(events.filter(({ stampUs }) => stampUs > skipUpToUs));
      },
    });
  }

  /** Starts what runs beside the feed. */
  #begin(): void {
    const requests = new RequestFolder(this.#config.state);
    const handlers = requestHandlers({
      config: this.#config,
      recovered: this.#recovered,
      pusher: this.#pusher,
      window: this.#window,
      wallUs,
    });
    this.#endLoop = [
      every(TICK_MS, async () => this.#tick()),
      every(SAVE_MS, async () => this.#saveState()),
      every(MACHINE_MS, async () => this.#lookAround()),
      every(REQUESTS_MS, () => requests.take(handlers)),
    ];
    this.#reports.begin();
  }

  #tick(): void {
    this.#desk.hand.look();
    const isRth = this.#desk.loop.status()?.session.phase === "rth";
    this.#feedFresh = this.#gate.isFresh(this.#feed.caughtUp, isRth);
    this.#desk.loop.onFreshness(this.#feedFresh);
    this.#desk.loop.onVenue(this.#clock.wordUs());
    if (this.#feed.caughtUp) this.#desk.loop.onSilence(this.#clock.silentUs());
  }

  /** How far feed and venue were heard; what the venue said must be on the disk before that. */
  #saveState(): void {
    this.#feed.saveState();
    this.#recovered.capture.sync();
    this.#desk.trade.saveState();
  }

  #lookAround(): void {
    this.#lookout.look({
      nowUs: wallUs(),
      feedFresh: this.#feedFresh,
      clockSkewMs: this.#machine.skewMs,
      diskLow: this.#machine.isDiskLow,
      queuedLeaves: this.#pusher.state.queued,
      linkReady: this.#desk.bridge.link.state === "ready",
    });
    const { journal } = this.#recovered;
    const body = this.#machine.look(Date.now());
    if (body === null) return;
    journal.append({ stream: "clock", body });
    journal.sync();
  }

  #readRest(): void {
    do this.#feed.poll();
    while (!this.#feed.caughtUp);
  }

  #health(): Health {
    const engine = this.#desk.loop.status();
    return {
      engine,
      feed: this.#feed,
      fresh: this.#feedFresh,
      staleAfterUs: this.#gate.limitUs(engine?.session.phase === "rth"),
      pushed: this.#pusher.state,
      records: this.#recovered.wal.durableSeq,
      decisionTip: this.#desk.loop.decisionTip,
      venue: { name: this.#desk.bridge.capabilities.name, link: this.#desk.bridge.link },
      machine: this.#machine,
    };
  }
}

function wallUs(): TimeUs {
  return timeUs(Date.now() * 1_000);
}

function beginsAt(config: BrokerConfig): TimeUs {
  return config.clock.kind === "tape" ? timeUs(config.clock.tapeStartUs) : wallUs();
}
