import type { BrokerStatus } from "@believe/shared/wire";
import type { LiveView } from "./view.ts";

/** A document of the page, in the words of its sentences. */
export type DocumentName = "status" | "figures" | "research status";

/** The one thing that matters most now, worst first. */
export type Condition =
  | { readonly kind: "offline" }
  | { readonly kind: "not-what-was-signed"; readonly what: DocumentName }
  | { readonly kind: "line-differs"; readonly detail: string }
  | { readonly kind: "forked"; readonly detail: string }
  | { readonly kind: "overdue"; readonly days: LiveView["overdue"] }
  | { readonly kind: "unreadable"; readonly what: DocumentName }
  | { readonly kind: "no-word" }
  | { readonly kind: "lease-broken"; readonly silentUs: number; readonly leaseUs: number }
  | { readonly kind: "feed-waiting" }
  | { readonly kind: "feed-stale"; readonly quietUs: number }
  | { readonly kind: "feed-ended" }
  | { readonly kind: "venue-down" }
  | { readonly kind: "entries-off"; readonly reasons: readonly string[] }
  | { readonly kind: "well" };

/** Why there is no second entry while a first one works or is held: no news, the position says it. */
const BUSY: ReadonlySet<string> = new Set(["orders-open", "max-position"]);

/** Why new entries are off, null while they are allowed or only the open trade keeps them. */
export function reasonsToSay(entries: BrokerStatus["entries"]): readonly string[] | null {
  if (entries.allowed) return null;
  const reasons = entries.reasons.filter((reason) => !BUSY.has(reason));
  return reasons.length === 0 && entries.reasons.length > 0 ? null : reasons;
}

function documents(view: LiveView) {
  return [
    { what: "status", document: view.broker },
    { what: "figures", document: view.figures },
    { what: "research status", document: view.research },
  ] as const;
}

function troubleOfTrust(view: LiveView): Condition | null {
  for (const { what, document } of documents(view)) {
    if (document.state === "read" && document.proof === "failed") {
      return { kind: "not-what-was-signed", what };
    }
  }
  const differs = view.alarms.find((alarm) => alarm.kind === "pending-differs");
  if (differs) return { kind: "line-differs", detail: differs.detail };
  const fork = view.alarms.find((alarm) => alarm.kind === "fork");
  if (fork) return { kind: "forked", detail: fork.detail };
  if (view.overdue.length > 0) return { kind: "overdue", days: view.overdue };
  const unreadable = documents(view).find(({ document }) => document.state === "unreadable");
  return unreadable ? { kind: "unreadable", what: unreadable.what } : null;
}

/** Wall time since the feed's last row: at the status, and on from there once the next status is overdue. */
export function feedQuietUs(view: LiveView): number {
  if (view.broker.state !== "read") return 0;
  const { feed, atUs, leaseUs } = view.broker.value;
  const isOverdue = view.nowUs - atUs > leaseUs / 2;
  const until = feed.state === "stale" || isOverdue ? Math.max(view.nowUs, atUs) : atUs;
  return Math.max(0, until - (feed.lastRowAtUs ?? atUs));
}

/** How long the broker has been silent beyond what it promised; null while its word holds. */
function brokenLease(view: LiveView): Condition | null {
  if (view.broker.state !== "read") return null;
  const { atUs, leaseUs } = view.broker.value;
  const silentUs = view.nowUs - atUs;
  return silentUs > leaseUs ? { kind: "lease-broken", silentUs, leaseUs } : null;
}

export function conditionOf(view: LiveView): Condition {
  if (view.link === "offline") return { kind: "offline" };
  const trust = troubleOfTrust(view);
  if (trust) return trust;
  if (view.broker.state !== "read") return { kind: "no-word" };
  const lease = brokenLease(view);
  if (lease) return lease;
  const { feed, venue, entries } = view.broker.value;
  if (feed.state === "waiting") return { kind: "feed-waiting" };
  if (feed.state === "stale") return { kind: "feed-stale", quietUs: feedQuietUs(view) };
  if (feed.state === "ended") return { kind: "feed-ended" };
  if (venue.state === "down") return { kind: "venue-down" };
  const reasons = reasonsToSay(entries);
  if (reasons !== null) return { kind: "entries-off", reasons };
  return { kind: "well" };
}

/** How a value is to be drawn: as it is now, grey with its time, or struck through. */
export type Standing = "now" | "dated" | "struck";

/** Standing of a value that the broker's status (or the figures) carries. `quick` ones need a fresh feed too. */
export function standingOf(
  view: LiveView,
  source: "broker" | "figures" | "research",
  quick = false,
): Standing {
  const document = view[source];
  if (document.state === "read" && document.proof === "failed") return "struck";
  const condition = conditionOf(view);
  if (condition.kind === "offline") return "dated";
  if (source !== "research" && brokenLease(view)) return "dated";
  if (quick && view.broker.state === "read" && view.broker.value.feed.state === "stale") {
    return "dated";
  }
  return "now";
}
