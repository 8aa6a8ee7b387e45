import type { BrokerStatus, ResearchStatus } from "@believe/shared/wire";
import type { Category, StatusMarkKind } from "../ui/mark.tsx";
import { counted, countText } from "../ui/number.ts";
import { age, ctMinute, dateText, limit, span } from "../ui/time.ts";
import { feedQuietUs, reasonsToSay } from "./condition.ts";
import { type Proof, readValue } from "./document.ts";
import { overdueCount } from "./sentence.ts";
import type { LiveView } from "./view.ts";
import { UNWITNESSED_AFTER_US, unwitnessedSinceUs, witnessSays } from "./witnesses.ts";

/** One part of the estate as the plumbing table says it. */
export interface PlumbingRow {
  readonly part: string;
  readonly category: Category;
  readonly trouble: Extract<StatusMarkKind, "warn" | "bad"> | null;
  readonly says: string;
  /** "0.2 s, 5 s": age now and its limit; "" where neither exists. */
  readonly age: string;
  /** Outcome of the signature behind the row, null where nothing is signed. */
  readonly proof: Proof | null;
}

const feedWords = {
  waiting: "No row yet",
  fresh: "",
  stale: "Silent",
  ended: "Tape ended",
} as const;

function perMinute(status: BrokerStatus): string {
  const minutes = (status.atUs - status.startedAtUs) / 60e6;
  if (minutes < 0.25 || status.feed.rows === 0) return "";
  return `, ${countText(Math.round(status.feed.rows / minutes))} a minute`;
}

function feedRow(view: LiveView, status: BrokerStatus | null): PlumbingRow {
  const base = { part: "Sierra feed", category: "data", proof: null } as const;
  if (!status) return { ...base, trouble: null, says: "Not known yet", age: "" };
  const { feed } = status;
  const state = feedWords[feed.state];
  const speed = feed.speed === 1 ? "" : ` at ${feed.speed}× speed`;
  const says = [
    `${state ? `${state}; ` : ""}${countText(feed.rows)} rows${state ? "" : `${perMinute(status)}${speed}`}`,
    `${countText(feed.quarantined)} quarantined`,
  ].join("; ");
  return {
    ...base,
    trouble: feed.state === "stale" || feed.quarantined > 0 ? "warn" : null,
    says,
    age: feed.lastRowAtUs === null ? "" : `${age(feedQuietUs(view))}, ${limit(feed.staleAfterUs)}`,
  };
}

function venueRow(status: BrokerStatus | null): PlumbingRow {
  const base = { category: "trade", age: "", proof: null } as const;
  if (!status) return { ...base, part: "Paper venue", trouble: null, says: "Not known yet" };
  const { venue } = status;
  const resting = venue.resting === null ? "" : `; ${counted(venue.resting, "order")} resting`;
  return {
    ...base,
    part: status.account.kind === "paper" ? "Paper venue" : "Venue",
    trouble: venue.state === "down" ? "bad" : null,
    says: `${venue.state === "ready" ? "Ready" : "Does not answer"}${resting}`,
  };
}

function brokerRow(view: LiveView, status: BrokerStatus | null): PlumbingRow {
  const { broker } = view;
  const base = { part: "Broker agent", category: "trade" } as const;
  const proof = broker.state === "read" ? broker.proof : null;
  if (!status) return { ...base, proof, trouble: null, says: "Has not reported yet", age: "" };
  const silent = view.nowUs - status.atUs;
  const broken = silent > status.leaseUs;
  const entries = reasonsToSay(status.entries) === null ? "entries allowed" : "entries off";
  return {
    ...base,
    proof,
    trouble: proof === "failed" ? "bad" : broken ? "warn" : null,
    says: broken ? "Silent" : `Up ${span(status.atUs - status.startedAtUs)}; ${entries}`,
    age: `${age(silent)}, ${limit(status.leaseUs)}`,
  };
}

function workerRow(view: LiveView): PlumbingRow {
  const { log } = view;
  return {
    part: "Worker",
    category: "core",
    trouble: view.link === "offline" ? "warn" : null,
    says: `${counted(log.size, "leaf", "leaves")} stored; ${counted(log.opened, "line")} opened`,
    age: age(view.nowUs - view.takenUs),
    proof: null,
  };
}

function researchSays(status: ResearchStatus): string {
  const word = status.log.consistent ? "consistent" : "not consistent";
  return `Follows the log at size ${countText(status.log.size)}, ${word}`;
}

function researchRow(view: LiveView): PlumbingRow {
  const { research } = view;
  const status: ResearchStatus | null = readValue(research);
  const proof = research.state === "read" ? research.proof : null;
  const base = { part: "Research agent", category: "strategy", proof } as const;
  if (!status) return { ...base, trouble: null, says: "Has not reported yet", age: "" };
  const silent = view.nowUs - status.atUs;
  const bad = proof === "failed" || !status.log.consistent;
  const broken = silent > status.leaseUs;
  return {
    ...base,
    trouble: bad ? "bad" : broken ? "warn" : null,
    says: broken ? "Silent" : researchSays(status),
    age: `${age(silent)}, ${limit(status.leaseUs)}`,
  };
}

/** The witnesses' own times are not ours to judge: only how long the quorum is missing counts. */
function witnessRow(view: LiveView): PlumbingRow {
  const sinceUs = unwitnessedSinceUs(view);
  const late = sinceUs !== null;
  return {
    part: "Witnesses",
    category: "core",
    proof: null,
    trouble: late ? "warn" : null,
    says: witnessSays(view),
    age: late ? `${age(view.nowUs - sinceUs)}, ${limit(UNWITNESSED_AFTER_US)}` : "",
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function overdueSays(days: LiveView["overdue"]): string {
  const oldest = dateText(days[0]?.tradeDate ?? "");
  return `${overdueCount(days)}${days.length === 1 ? ": " : ", the oldest "}${oldest}`;
}

function recordRow(view: LiveView, status: BrokerStatus | null): PlumbingRow {
  const base = { part: "Record", category: "core", proof: null, age: "" } as const;
  const alarm = view.alarms.find((known) => known.kind !== "lease-broken");
  if (alarm) return { ...base, trouble: "bad", says: alarm.detail };
  if (view.overdue.length > 0) return { ...base, trouble: "bad", says: overdueSays(view.overdue) };
  const { minute } = view.log;
  const newest =
    minute === null ? "no leaf yet" : `newest ${ctMinute(Date.parse(minute) * 1000)} CT`;
  const records = status?.log.records ?? null;
  const lines = records === null ? "" : `${counted(records, "line")} written; `;
  const queued = status ? `; ${countText(status.log.queued)} queued` : "";
  return { ...base, trouble: null, says: capital(`${lines}${newest}${queued}`) };
}

/** The parts of the estate in their fixed order; trouble never moves a row. */
export function plumbingRows(view: LiveView): readonly PlumbingRow[] {
  const status = readValue(view.broker);
  return [
    feedRow(view, status),
    venueRow(status),
    brokerRow(view, status),
    workerRow(view),
    researchRow(view),
    witnessRow(view),
    recordRow(view, status),
  ];
}
