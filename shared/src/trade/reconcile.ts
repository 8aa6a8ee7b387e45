import type { Body } from "@believe/shared/wire";
import type { Holdings } from "./holdings.ts";
import { parentOf, type WorkingOrder } from "./order.ts";
import type { OrderWord, SnapshotEvent } from "./venue-event.ts";
import type { VenueExecution, VenueOrder, VenueSnapshot } from "./venue-snapshot.ts";

/** What the snapshot teaches of our orders, one step at a time: a word to be heard, or an outcome to be written down. */
export type Finding =
  | { readonly kind: "word"; readonly word: OrderWord }
  | { readonly kind: "outcome"; readonly outcome: Omit<Body<"order">, "atUs" | "symbol"> };

export interface Reconciled {
  /** In the order in which they are to be taken: executions first. */
  readonly findings: readonly Finding[];
  /** Orders to be cancelled, though we have ended them or the venue has them twice. */
  readonly cancels: readonly string[];
  /** Reasons for which new entries end. */
  readonly halts: readonly string[];
  /** Working orders that are not ours. */
  readonly foreign: readonly VenueOrder[];
  readonly found: number;
  readonly gone: number;
  readonly known: number;
  readonly late: number;
  /** What else differs. */
  readonly reasons: readonly string[];
}

/** A record is one line: an account with more positions than this names our own instrument and the first others. */
const POSITIONS_MAX = 128;

interface Draft {
  readonly underWay: boolean;
  findings: Finding[];
  cancels: Set<string>;
  halts: Set<string>;
  reasons: Set<string>;
  /** Orders with an execution that was corrected: what they were filled is not the sum of what holds. */
  corrected: Set<string>;
  found: number;
  gone: number;
  known: number;
  late: number;
}

/** Both looks at one snapshot as one: the second sees what the first brought to life. */
export function bothLooks(first: Reconciled, second: Reconciled): Reconciled {
  const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])].sort();
  return {
    findings: [...first.findings, ...second.findings],
    cancels: union(first.cancels, second.cancels),
    halts: union(first.halts, second.halts),
    reasons: union(first.reasons, second.reasons),
    foreign: second.foreign,
    found: first.found + second.found,
    gone: first.gone + second.gone,
    known: first.known,
    late: first.late + second.late,
  };
}

/**
 * Compares what we hold with the venue's full state and says what is to be done so that our orders are as the venue
 * has them: executions that we never heard, the fate of orders in doubt, orders that are gone. Changes nothing itself.
 * Positions are compared afterwards, by `reconciliationBody`. `underWay`: told on a link that was ready before, so that
 * what is not answered yet may reach the venue after it looked.
 */
export function reconcile(
  holdings: Holdings,
  event: SnapshotEvent,
  { underWay = false }: { readonly underWay?: boolean } = {},
): Reconciled {
  const draft: Draft = {
    underWay,
    findings: [],
    cancels: new Set(),
    halts: new Set(),
    reasons: new Set(),
    corrected: new Set(),
    found: 0,
    gone: 0,
    known: 0,
    late: 0,
  };
  const more = takeExecutions(holdings, event, draft);
  for (const order of holdings.orders.values()) takeOrder(order, event, draft, more);
  for (const intent of holdings.unanswered) {
    if (underWay || holdings.orders.has(intent.order)) continue;
    outcome(draft, intent, "expired", "order-ended");
  }
  const foreign = takeOthers(holdings, event, draft);
  const { cancels, halts, reasons } = draft;
  return {
    ...draft,
    cancels: [...cancels].sort(),
    halts: [...halts].sort(),
    reasons: [...reasons].sort(),
    foreign,
  };
}

/** Writes down what became of an intent on an order. */
function outcome(
  draft: Draft,
  of: { readonly order: string; readonly intent: string },
  state: Body<"order">["state"],
  reason: string | null,
): void {
  const { order, intent } = of;
  draft.findings.push({ kind: "outcome", outcome: { order, intent, state, reason } });
}

/** Our client order id of each of the venue's own ids. */
function ordersByRef({ orders, done }: VenueSnapshot): Map<string, string> {
  const named = [...orders, ...done].flatMap(({ ref, order }) =>
    order === null ? [] : [[ref, order] as const],
  );
  return new Map(named);
}

/** Words for executions that are not booked at this revision; gives the lots that they add to each order. */
function takeExecutions(
  holdings: Holdings,
  event: SnapshotEvent,
  draft: Draft,
): Map<string, number> {
  const { snapshot, tsUs } = event;
  const byRef = ordersByRef(snapshot);
  const more = new Map<string, number>();
  const named = snapshot.executions.map((execution) => ({
    execution,
    order: execution.order ?? byRef.get(execution.ref) ?? null,
  }));
  for (const { execution, order } of named.sort(byTime)) {
    if (order === null || execution.symbol !== holdings.instrument.symbol) continue;
    if (!holdings.isOurs(order)) {
      // An order that is long over is forgotten with its executions; one that we never numbered is not ours to book.
      if (!wasMinted(holdings, order)) draft.halts.add("unknown-order");
      continue;
    }
    if (execution.revision > 0) draft.corrected.add(order);
    const revision = holdings.revisionOf(execution.exec);
    if (revision !== null && execution.revision <= revision) {
      draft.known++;
      continue;
    }
    draft.late++;
    if (revision === null) more.set(order, (more.get(order) ?? 0) + execution.qty);
    const word = wordOf(execution, order, snapshot.venue);
    draft.findings.push({ kind: "word", word: { tsUs, ...word } });
  }
  return more;
}

interface Named {
  readonly execution: VenueExecution;
  readonly order: string | null;
}

/** By the venue's time; at one instant an entry before its children. */
function byTime(a: Named, b: Named): number {
  const rank = ({ order }: Named): number => (order !== null && parentOf(order) !== null ? 1 : 0);
  const [first, second] = [a.execution.exec, b.execution.exec];
  return (
    a.execution.atUs - b.execution.atUs ||
    rank(a) - rank(b) ||
    (first < second ? -1 : first > second ? 1 : 0)
  );
}

function wordOf({ revision, ...execution }: VenueExecution, order: string, venue: string) {
  const { symbol, exec, side, qty, price } = execution;
  const of = { order, symbol, exec, side, qty, price, venue };
  if (revision === 0) return { kind: "execution" as const, ...of };
  return { kind: "correction" as const, revision, ...of };
}

/** Whether the number in this order's name is one that we have given. */
function wasMinted(holdings: Holdings, order: string): boolean {
  const digits = /^B-(\d+)$/.exec(parentOf(order) ?? order)?.[1];
  return digits !== undefined && Number(digits) <= holdings.counters.order;
}

function takeOrder(
  order: WorkingOrder,
  event: SnapshotEvent,
  draft: Draft,
  more: ReadonlyMap<string, number>,
): void {
  const { snapshot, tsUs } = event;
  const mine = (one: VenueOrder): boolean => one.order === order.order;
  const working = snapshot.orders.filter(mine);
  const done = snapshot.done.find(mine);
  const filled = order.filled + (more.get(order.order) ?? 0);
  const isDoubtful = order.state !== "working";
  const of = { tsUs, order: order.order, symbol: order.symbol };
  if (working[0]) {
    if (working.length > 1) {
      draft.halts.add("double-order");
      draft.cancels.add(order.order);
    }
    if (isDoubtful) {
      draft.found++;
      draft.findings.push({ kind: "word", word: { kind: "acknowledged", ...of } });
    }
    takeRequests(order, working[0], draft);
  } else if (done && done.state !== "filled") {
    if (isDoubtful) draft.found++;
    const word =
      done.state === "cancelled"
        ? ({ kind: "cancelled", ...of } as const)
        : ({ kind: "rejected", reason: "rejected-at-venue", ...of } as const);
    draft.findings.push({ kind: "word", word });
  } else if (order.qty > 0 && filled >= order.qty) {
    if (isDoubtful) draft.found++;
  } else if (done && (filled >= done.filled || draft.corrected.has(order.order))) {
    // Nothing of it is missing: what it was filled has been changed or taken back since.
    if (isDoubtful) draft.found++;
    outcome(draft, order, "filled", "execution-corrected");
  } else if (done) {
    draft.reasons.add("executions-missing");
    if (order.state !== "unknown") {
      outcome(draft, order, "unknown", "executions-missing");
    }
  } else takeMissing(order, snapshot, draft);
}

/** What became of a move or a cancel that is unanswered, or refused, of an order that works. */
function takeRequests(order: WorkingOrder, seen: VenueOrder, draft: Draft): void {
  const { move, cancel } = order;
  const of = { order: order.order };
  if (move && !draft.underWay) {
    const state = seen.stop === move.stop ? "moved" : "expired";
    outcome(draft, { ...of, intent: move.intent }, state, state === "moved" ? null : "not-moved");
  } else if (!move && order.role === "stop" && seen.stop !== order.stop) {
    draft.reasons.add("stop-differs");
  }
  // It may be asked again: the execution that was thought to have beaten it is not there.
  if (cancel && (cancel.refused || !draft.underWay)) {
    outcome(draft, { ...of, intent: cancel.intent }, "expired", "not-cancelled");
  }
}

function takeMissing(order: WorkingOrder, snapshot: VenueSnapshot, draft: Draft): void {
  // A child ends with its entry, and is told of with it.
  const { parent } = order;
  if (parent !== undefined && !snapshot.orders.some((one) => one.order === parent)) {
    if (order.qty === 0) return;
  }
  if (snapshot.definite) {
    draft.gone++;
    if (parent !== undefined) draft.reasons.add("child-lost");
    outcome(draft, order, "expired", "not-at-venue");
  } else if (order.state !== "unknown") {
    outcome(draft, order, "unknown", "not-in-snapshot");
  }
}

/** Working orders that are none of our live ones: foreign, or of ours and over for us. */
function takeOthers(
  holdings: Holdings,
  { snapshot, tsUs }: SnapshotEvent,
  draft: Draft,
): VenueOrder[] {
  const foreign: VenueOrder[] = [];
  for (const one of snapshot.orders) {
    if (one.order !== null && holdings.orders.has(one.order)) continue;
    if (one.order !== null && holdings.ended.has(one.order)) {
      draft.halts.add("ended-order-works");
      draft.cancels.add(one.order);
      continue;
    }
    if (one.order !== null && holdings.isOurs(one.order)) {
      // A child of an entry that comes to life with the findings is taken with the second look.
      const word = { tsUs, order: one.order, symbol: one.symbol };
      if (!holdings.orders.has(parentOf(one.order) ?? "")) {
        draft.findings.push({ kind: "word", word: { kind: "acknowledged", ...word } });
      }
      continue;
    }
    if (one.order !== null) draft.halts.add("unknown-order");
    foreign.push(one);
  }
  return foreign;
}

/** The record of a comparison, after its findings were taken. */
export function reconciliationBody(
  holdings: Holdings,
  snapshot: VenueSnapshot,
  { reasons, halts, found, gone, foreign, known, late }: Reconciled,
  atUs: number,
): Body<"reconciliation"> {
  const own = holdings.instrument.symbol;
  const theirs = new Map<string, number>([[own, 0]]);
  for (const { symbol, lots } of snapshot.positions) {
    theirs.set(symbol, (theirs.get(symbol) ?? 0) + lots);
  }
  const positions = [...theirs].slice(0, POSITIONS_MAX).map(([symbol, lots]) => ({
    symbol,
    ours: symbol === own ? holdings.net : 0,
    theirs: lots,
  }));
  const differs = theirs.get(own) !== holdings.net;
  const unknown = holdings.inDoubt.length;
  return {
    atUs,
    venue: snapshot.venue,
    account: snapshot.account,
    verdict: differs ? "mismatch" : unknown > 0 ? "unknown-left" : "match",
    positions,
    orders: { found, gone, foreign: foreign.length, unknown },
    executions: { known, late },
    reasons: [...(differs ? ["position-mismatch"] : []), ...halts, ...reasons],
  };
}
