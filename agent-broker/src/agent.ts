import { join } from "node:path";
import { every } from "@believe/host/every";
import { SignedClient, type TimedHeaders } from "@believe/host/http";
import { type Log, makeLog } from "@believe/host/log";
import { Pusher } from "@believe/host/push";
import { type TimeUs, timeUs } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import { createPaperVenue } from "@believe/shared/match";
import type { Draft } from "@believe/shared/wire";
import { vkeyOf } from "@believe/shared/wire/log";
import { FreshnessGate } from "./clock/freshness.ts";
import { MarketClock } from "./clock/market-clock.ts";
import type { BrokerConfig } from "./config.ts";
import { drainWhileShrinking } from "./drain.ts";
import { finishKeyChange } from "./keys/journal-key.ts";
import { takenBack } from "./keys/journaled-key.ts";
import { KeyChangeLog } from "./keys/key-change-log.ts";
import { KeyChangePost } from "./keys/key-change-post.ts";
import { type AgentKeys, keysOf } from "./keys/key-folder.ts";
import { genesisOf, opens, resumeStateOf, startOf } from "./opening-records.ts";
import { SierraData } from "./providers/index.ts";
import { capturesOf, type Recovered, recover } from "./recover.ts";
import { reconcile } from "./recovery/reconcile.ts";
import { EmbargoedFigures } from "./report/embargoed-figures.ts";
import { FiguresReport } from "./report/figures-report.ts";
import { PartSender } from "./report/part-sender.ts";
import { PendingLines } from "./report/pending.ts";
import { Replicator } from "./report/replicator.ts";
import { SignedReport } from "./report/signed-report.ts";
import { StatusReport } from "./report/status-report.ts";
import type { RequestHandlers } from "./requests/kinds.ts";
import { reachedOf } from "./requests/reached.ts";
import { redact } from "./requests/redact.ts";
import { RequestFolder } from "./requests/request-folder.ts";
import { type JournalSummary, summaryOf } from "./summary.ts";
import { TradingLoop, type TradingLoopOptions } from "./trading-loop.ts";
import { ClockWatch } from "./watch/clock-watch.ts";
import { DiskWatch, freeBytesOf } from "./watch/disk-watch.ts";
import { MachineWatch } from "./watch/machine-watch.ts";
import { witnessPosts } from "./witness-posts.ts";

const TICK_MS = 20;
const SAVE_MS = 1_000;
const REPLICATE_MS = 2_000;
const MACHINE_MS = 1_000;
const REQUESTS_MS = 500;

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
  readonly #loop: TradingLoop;
  readonly #feed: SierraData;
  readonly #pusher: Pusher;
  readonly #resting: () => number;
  readonly #keys: AgentKeys;
  /** Records that an earlier run wrote and nobody has any more. */
  readonly #lost: number;
  readonly #machine: MachineWatch;
  #feedFresh = false;
  readonly #reports: {
    readonly status: StatusReport;
    readonly figures: FiguresReport | EmbargoedFigures;
    readonly pending: PendingLines | null;
    readonly replicator: Replicator | null;
    readonly parts: PartSender | null;
  };
  #endLoop: (() => Promise<void>)[] = [];
  #endReports: (() => Promise<void>)[] = [];

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
    const recovered = recover({ config, wallUs, keys, keyChanges }, beginsAt(config));
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
      resumeFrom: ({ decisionTip, holdings, connection }) =>
        resumeStateOf(config, decisionTip, holdings?.state(), connection),
      onSegment: (segment) => recovered.closed.add(segment),
      ...(hooks.probe === undefined ? {} : { probe: hooks.probe }),
    });
    this.#feed = this.#openFeed();
    const clocks = { worker: new ClockWatch("worker"), research: new ClockWatch("research") };
    const { freeBytesMin } = config.disk;
    const disk = new DiskWatch(freeBytesMin, () => freeBytesOf(config.state));
    this.#machine = new MachineWatch({ clocks: [clocks.worker, clocks.research], disk, log });
    const client = new SignedClient({
      baseUrl: config.worker.url,
      keyId: keys.request.name,
      sign: keys.request.sign,
      onAnswer: (answer) => clocks.worker.onAnswer(answer),
    });
    const post = this.#keyChangePost(keyChanges, client);
    this.#pusher = new Pusher({
      spool: recovered.spool,
      wal: recovered.wal,
      client,
      signer: keys.journal,
      opens: opens(config.account.kind),
      earlierKeys: keyChanges.changes.map(({ oldVkey }) => oldVkey),
      before: () => post.send(),
      wallUs,
      leavesPerSecond: config.push.leavesPerSecond,
      ...(config.worker.witness === undefined ? {} : { witness: config.worker.witness }),
      witnesses: witnessPosts(config, keys.request),
      onFrozen: (why) =>
        why === null ? this.#log.info("push.unfrozen") : this.#log.error("push.frozen", why),
      onLasting: (failure) => this.#log.error("push.ended", failure),
    });
    this.#reports = this.#openReports(client, keys, clocks.research);
  }

  /** Journals the start, goes on from where the journal ends, and opens the feed. */
  async start(): Promise<void> {
    const { journal, fold, resumedAtUs, wal } = this.#recovered;
    const { pending } = this.#reports;
    if (pending !== null) journal.onWritten((written) => pending.add(written));
    const isFirst = fold.genesis === null;
    journal.advance(resumedAtUs);
    if (isFirst) journal.append(genesisOf(this.#config, this.#keys));
    this.#takeBackKey();
    journal.append(startOf(this.#config, fold, this.#lost));
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
    await this.#reports.parts?.send();
    await this.#report();
    await this.#reports.figures.send();
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

  /** Where a crash cut a change of the journal key off before its note, the lines of it are taken back. */
  #takeBackKey(): void {
    const { journal, journaledKey, spool } = this.#recovered;
    const { name, publicKey } = this.#keys.journal;
    const bodies = takenBack(journaledKey, vkeyOf(name, publicKey), spool.size);
    for (const body of bodies ?? []) journal.append({ stream: "key", body });
  }

  #keyChangePost(changes: KeyChangeLog, worker: SignedClient): KeyChangePost {
    const { url } = this.#config.door ?? {};
    const { name: keyId, sign } = this.#keys.request;
    const door = url === undefined ? null : new SignedClient({ baseUrl: url, keyId, sign });
    return new KeyChangePost({ changes, worker, door, log: this.#log });
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
        this.#loop.onMarket(events.filter(({ stampUs }) => stampUs > skipUpToUs));
      },
    });
  }

  #openReports(client: SignedClient, keys: AgentKeys, clock: ClockWatch) {
    const { wal, spool } = this.#recovered;
    const { account, door, origin } = this.#config;
    const { name: keyId, sign } = keys.request;
    const onAnswer = (answer: TimedHeaders): void => clock.onAnswer(answer);
    const atDoor = door ? new SignedClient({ baseUrl: door.url, keyId, sign, onAnswer }) : null;
    const report = (path: string): SignedReport =>
      new SignedReport({ client, signer: keys.status, path, wallMs: Date.now() });
    return {
      status: new StatusReport(this.#config, report("/status/broker"), wallUs),
      figures: this.#figuresReport(report("/figures/broker")),
      pending: account.kind === "paper" ? new PendingLines(client) : null,
      replicator: atDoor === null ? null : new Replicator(atDoor, capturesOf(this.#config)),
      parts:
        atDoor === null
          ? null
          : new PartSender({ client: atDoor, signer: keys.request, origin, wal, spool }),
    };
  }

  #figuresReport(report: SignedReport): FiguresReport | EmbargoedFigures {
    const pusher = this.#pusher;
    if (this.#config.account.kind === "live") {
      return new EmbargoedFigures({ pusher, report, wallUs });
    }
    const { wal, spool } = this.#recovered;
    const openedSeq = (): number => {
      const { openedLeaves } = pusher.state;
      if (openedLeaves === 0) return 0;
      const [newest] = spool.leaves(openedLeaves - 1, openedLeaves);
      return newest ? newest.firstSeq + newest.count : 0;
    };
    return new FiguresReport({ wal, report, wallUs, openedSeq });
  }

  /** Starts what runs beside the feed. */
  #begin(): void {
    const { statusMs, pendingMs } = this.#config.push;
    const { figures, pending, replicator, parts } = this.#reports;
    const requests = new RequestFolder(this.#config.state);
    const handlers = this.#requestHandlers();
    this.#endLoop = [
      every(TICK_MS, async () => this.#tick()),
      every(SAVE_MS, async () => this.#feed.saveState()),
      every(MACHINE_MS, async () => this.#lookAround()),
      every(REQUESTS_MS, () => requests.take(handlers)),
    ];
    this.#endReports = [
      every(statusMs, () => this.#report()),
      every(statusMs, () => figures.send()),
      every(pendingMs, async () => await pending?.send()),
      every(REPLICATE_MS, async () => await replicator?.send(this.#recovered.closed)),
      every(this.#config.door?.partsMs ?? REPLICATE_MS, async () => await parts?.send()),
    ];
  }

  /** What a person on this machine may ask while we hold the journal. */
  #requestHandlers(): RequestHandlers {
    const { journal, wal } = this.#recovered;
    const queue = this.#pusher.queue;
    const reachedUs = (): TimeUs => reachedOf(this.#config, queue.dueUs, wallUs());
    const write = (draft: Draft): void => {
      journal.append(draft);
      journal.sync();
    };
    return { redact: (body) => redact(body, { wal, queue, reachedUs, journal: write }) };
  }

  #tick(): void {
    const isRth = this.#loop.status()?.session.phase === "rth";
    this.#feedFresh = this.#gate.isFresh(this.#feed.caughtUp, isRth);
    // A machine that allows no entries reaches the engine as a feed that is not fresh: one captured gate for all doubt.
    this.#loop.onFreshness(this.#feedFresh && this.#machine.reasons.length === 0);
    if (this.#feed.caughtUp) this.#loop.onSilence(this.#clock.silentUs());
  }

  #lookAround(): void {
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

  async #report(): Promise<void> {
    const { wal } = this.#recovered;
    const engine = this.#loop.status();
    await this.#reports.status.send({
      engine,
      feed: this.#feed,
      fresh: this.#feedFresh,
      staleAfterUs: this.#gate.limitUs(engine?.session.phase === "rth"),
      pushed: this.#pusher.state,
      records: wal.durableSeq,
      decisionTip: this.#loop.decisionTip,
      resting: this.#resting(),
      machine: this.#machine,
    });
  }
}

function wallUs(): TimeUs {
  return timeUs(Date.now() * 1_000);
}

function beginsAt(config: BrokerConfig): TimeUs {
  return config.clock.kind === "tape" ? timeUs(config.clock.tapeStartUs) : wallUs();
}
