import {
  type Alarm,
  type BrokerStatus,
  brokerStatus,
  type Estate,
  type Figures,
  figures,
  type LiveSnapshot,
  type ResearchStatus,
  researchStatus,
} from "@believe/shared/wire";
import { type Proof, readDocument, readValue, type SignedDocument } from "./document.ts";
import { type FillRow, fillRows, type RecordMark } from "./fill-rows.ts";
import { type LateDay, lateDays } from "./overdue-days.ts";

/** Where the page's numbers come from at this moment. */
export type Link = "server" | "live" | "polling" | "offline";

export interface Proofs {
  readonly broker: Proof;
  readonly research: Proof;
  readonly figures: Proof;
}

export const UNCHECKED: Proofs = {
  broker: "unchecked",
  research: "unchecked",
  figures: "unchecked",
};

/** Everything that the Live page says, read from one snapshot at one instant of the edge's clock. */
export interface LiveView {
  readonly nowUs: number;
  /** When the edge last changed this state. */
  readonly takenUs: number;
  readonly link: Link;
  readonly broker: SignedDocument<BrokerStatus>;
  readonly research: SignedDocument<ResearchStatus>;
  readonly figures: SignedDocument<Figures>;
  readonly log: LiveSnapshot["log"];
  readonly fills: readonly FillRow[];
  readonly alarms: readonly Alarm[];
  /** Trade dates of a live account that had to be open by now; none of a paper account, which opens at once. */
  readonly overdue: readonly LateDay[];
  /** Weakest mark of the journal entries that the figures rest on. */
  readonly figuresMark: RecordMark;
  /** Who witnesses the log, null before its first checkpoint. */
  readonly witnessing: LiveSnapshot["witnessing"];
}

export interface Reading {
  readonly proofs?: Proofs;
  readonly link?: Link;
  /** What the estate says that its account is. A status that calls itself live is held to it too. */
  readonly kind?: Estate["account"]["kind"];
}

/**
 * Reads a snapshot for showing. `nowUs` is the edge's wall time at showing.
 * Signatures are not checked here: their outcome comes in through `reading.proofs`.
 */
export function viewOf(snapshot: LiveSnapshot, nowUs: number, reading: Reading = {}): LiveView {
  const proofs = reading.proofs ?? UNCHECKED;
  const book = readDocument(snapshot.figures, figures, proofs.figures);
  const numbers = readValue(book);
  const broker = readDocument(snapshot.broker, brokerStatus, proofs.broker);
  const isLive = reading.kind === "live" || readValue(broker)?.account.kind === "live";
  return {
    nowUs,
    takenUs: snapshot.atUs,
    link: reading.link ?? "server",
    broker,
    research: readDocument(snapshot.research, researchStatus, proofs.research),
    figures: book,
    log: snapshot.log,
    fills: fillRows(
      snapshot.fills,
      proofs.figures === "failed" ? [] : (numbers?.equity ?? []),
      snapshot.witnessing?.size ?? 0,
    ),
    alarms: snapshot.alarms,
    overdue: isLive ? lateDays(snapshot.log.unopenedHours, nowUs) : [],
    figuresMark: figuresMark(snapshot, numbers),
    witnessing: snapshot.witnessing,
  };
}

/** An aggregate is only as good as its newest entry, whose leaf it does not name: all of the log must be witnessed. */
function figuresMark({ log, witnessing }: LiveSnapshot, numbers: Figures | null): RecordMark {
  if (!numbers || numbers.entries.last >= log.opened) return "pending";
  return witnessing !== null && witnessing.size >= log.size ? "witnessed" : "sealed";
}
