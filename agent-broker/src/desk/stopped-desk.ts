import { join } from "node:path";
import { nodeSha256 } from "@believe/host/keys";
import { ProgressFile } from "@believe/host/push";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { timeUs } from "@believe/shared/base";
import { foldJournal } from "@believe/shared/engine";
import { instrumentOf } from "@believe/shared/market";
import { draftOf, Holdings } from "@believe/shared/trade";
import type { ConsoleState, JournalRecord } from "@believe/shared/wire";
import type { BrokerConfig } from "../config.ts";
import { KillLatch, killFileOf } from "../latch/index.ts";
import { resumeStateOf } from "../opening-records.ts";
import { tradeCapabilitiesOf } from "../trade-line.ts";
import { DeskMemory } from "./desk-memory.ts";
import { deskState } from "./desk-state.ts";

const wallUs = () => timeUs(Date.now() * 1_000);

/** The desk as the journal of a stopped agent leaves it: nothing is written, nobody is asked. */
export function stoppedDesk(config: BrokerConfig): ConsoleState {
  const { state, origin, feed } = config;
  const { keepsOrders, name } = tradeCapabilitiesOf(config);
  const wal = Wal.open({ folder: join(state, "journal"), wallUs });
  try {
    const memory = new DeskMemory();
    const fold = foldJournal(remembered(wal, memory), {
      symbol: feed.symbol,
      keepsOrders,
      sha256: nodeSha256,
    });
    const spool = Spool.open({ folder: join(state, "log"), origin, sha256: nodeSha256, wal });
    const leaves = spool.size;
    spool.close();
    const { pushed } = ProgressFile.read(join(state, "log", "push.json"));
    return deskState({
      config,
      wallUs: wallUs(),
      holdings: new Holdings(instrumentOf(feed.symbol), fold.holdings),
      engine: null,
      marketUs: fold.marketUs,
      venue: { name, link: { state: "down", reason: "not-running" } },
      foreign: [],
      feed: { fresh: false, lastRowAtUs: null },
      killFile: new KillLatch(killFileOf(config)).isSet,
      dogs: [],
      memory,
      journal: { records: wal.nextSeq, durable: wal.durableSeq, leaves, queued: leaves - pushed },
      dailyLossMinorMax: resumeStateOf(config, fold.decisionTip).limits.dailyLossMinorMax,
    });
  } finally {
    wal.close();
  }
}

function* remembered(wal: Wal, memory: DeskMemory): Generator<JournalRecord> {
  for (const { record } of wal.records()) {
    memory.take(record.seq, draftOf(record));
    yield record;
  }
}
