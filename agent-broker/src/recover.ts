import { join } from "node:path";
import { makeFolders, nodeDisk } from "@believe/host/disk";
import { nodeSha256 } from "@believe/host/keys";
import { Spool } from "@believe/host/spool";
import { type Processes, Wal } from "@believe/host/wal";
import { type Bytes, type Disk, invariant, type TimeUs, timeUs } from "@believe/shared/base";
import { CaptureReplay, foldJournal, type JournalFold } from "@believe/shared/engine";
import { draftOf } from "@believe/shared/trade";
import type { Body, JournalRecord } from "@believe/shared/wire";
import type { BrokerConfig } from "./config.ts";
import { DeskMemory } from "./desk/desk-memory.ts";
import { BrokerFailure } from "./failure.ts";
import { expectJournalKey } from "./keys/journal-key.ts";
import { type JournaledKey, journaledKeyAfter } from "./keys/journaled-key.ts";
import type { KeyChangeLog } from "./keys/key-change-log.ts";
import type { AgentKeys } from "./keys/key-folder.ts";
import { Capture, orphanSegment } from "./record/capture.ts";
import { type CaptureEnd, captureEnd } from "./record/capture-end.ts";
import { Journal } from "./record/journal.ts";

/** Everything that a start takes back from the disk. */
export interface Recovered {
  readonly wal: Wal;
  readonly spool: Spool;
  readonly journal: Journal;
  readonly capture: Capture;
  readonly fold: JournalFold;
  /** What the journal tells a person at the desk of the past. */
  readonly memory: DeskMemory;
  /** The key that the journal says signs its log, null before genesis. */
  readonly journaledKey: JournaledKey | null;
  /** Where the feed and the market clock go on. */
  readonly end: CaptureEnd;
  /** Names of the segments that the journal closes. */
  readonly closed: Set<string>;
  /** Rows stamped up to here were decided on before a rebuild, whether or not their capture came back. */
  readonly skipUpToUs: TimeUs;
  /** Market time to go on from. */
  readonly resumedAtUs: TimeUs;
}

export interface RecoverOptions {
  readonly config: BrokerConfig;
  readonly wallUs: () => TimeUs;
  readonly keys: Pick<AgentKeys, "journal">;
  readonly keyChanges: Pick<KeyChangeLog, "changes">;
  /** The venue's orders outlive this process: what was under way is then in doubt, not over. */
  readonly keepsOrders: boolean;
}

export const capturesOf = (config: BrokerConfig): string => join(config.state, "capture");

/** Where a start reads and writes: this machine, unless a simulation says otherwise. */
export interface Machine {
  readonly disk?: Disk;
  readonly processes?: Processes;
  readonly salt?: () => Bytes;
}

/**
 * The start-up path, and the only recovery there is: what a crash cut is completed from the journal, the segment that
 * it left open is closed, intents that were never acknowledged are ended or in doubt, and only then may anything go on.
 */
export function recover(of: RecoverOptions, beginsAtUs: TimeUs, machine: Machine = {}): Recovered {
  const { config, wallUs, keys, keyChanges, keepsOrders } = of;
  const { disk = nodeDisk } = machine;
  makeFolders(disk, config.state);
  const wal = Wal.open({ folder: join(config.state, "journal"), wallUs, ...machine });
  try {
    const spool = spoolOf(config, wal, machine);
    const journal = new Journal(wal, spool);
    const closed = new Set<string>();
    let events = 0;
    let marketUs = 0;
    let skipUpToUs = 0;
    const memory = new DeskMemory();
    let journaledKey: JournaledKey | null = null;
    const fold = foldJournal(
      seen(wal, (record) => {
        journaledKey = journaledKeyAfter(journaledKey, record);
        const { stream, body } = record;
        memory.take(record.seq, draftOf(record));
        if (stream === "segment") events = countOf(closed, body, events);
        if ("atUs" in body) marketUs = Math.max(marketUs, body.atUs);
        if (stream === "recovered") skipUpToUs = marketUs;
      }),
      {
        symbol: config.feed.symbol,
        keepsOrders,
        sha256: nodeSha256,
      },
    );
    expectGenesis(config, fold);
    const genesisKey = fold.genesis?.journalKey ?? null;
    expectJournalKey(config, keyChanges, { genesisKey, own: keys.journal });
    journal.onWritten(({ seq, draft }) => memory.take(seq, draft));
    for (const draft of fold.owed) journal.append(draft);
    const orphan = orphanSegment(capturesOf(config), closed, events, disk);
    if (orphan !== null) {
      expectAgreement(orphan.lines, orphan.body.segment, fold);
      events = countOf(closed, orphan.body, events);
      journal.append({ stream: "segment", body: orphan.body });
    }
    const end = captureEnd(capturesOf(config), disk);
    return {
      wal,
      spool,
      journal,
      capture: new Capture(capturesOf(config), { first: events, closed, disk }),
      fold,
      memory,
      journaledKey,
      end,
      closed,
      skipUpToUs: timeUs(skipUpToUs),
      resumedAtUs: timeUs(Math.max(fold.marketUs, end.marketUs, beginsAtUs)),
    };
  } catch (failure) {
    wal.close();
    throw failure;
  }
}

function spoolOf({ state, origin }: BrokerConfig, wal: Wal, machine: Machine): Spool {
  const folder = join(state, "log");
  return Spool.open({ folder, origin, sha256: nodeSha256, wal, ...machine });
}

function* seen(wal: Wal, see: (record: JournalRecord) => void): Generator<JournalRecord> {
  for (const { record } of wal.records()) {
    see(record);
    yield record;
  }
}

function countOf(closed: Set<string>, body: Body<"segment">, events: number): number {
  invariant(body.first === events, `segment ${body.segment} begins at event ${events}`);
  closed.add(body.segment);
  return body.first + body.count;
}

function expectGenesis(config: BrokerConfig, fold: JournalFold): void {
  const { genesis } = fold;
  if (genesis === null) return;
  const [was, is] = [genesis, config].map(({ origin, account }) =>
    JSON.stringify({ origin, account }),
  );
  if (was !== is) {
    throw new BrokerFailure(
      "genesis-differs",
      `expected the estate of this journal, ${was}, was ${is}`,
    );
  }
}

/**
 * The segment explains every line of the journal: replayed alone it passes through the journal's decision tip.
 * It may go further, since an event reaches the disk before the lines that it causes.
 */
function expectAgreement(lines: Iterable<string>, segment: string, fold: JournalFold): void {
  const replay = new CaptureReplay({ sha256: nodeSha256 });
  for (const line of lines) replay.push(line);
  if (replay.events === 0) return;
  if (!replay.tips.includes(fold.decisionTip)) {
    throw new BrokerFailure(
      "capture-disagrees",
      `expected segment ${segment} to lead to decision tip ${fold.decisionTip}, led to ${replay.decisionTip}`,
    );
  }
}
