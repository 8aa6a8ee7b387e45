import type { JournalRecord } from "@believe/shared/wire";
import type { Truth } from "./orders.ts";

/** Everything in which the journal and the venue differ, one sentence each; nothing where all is well. */
export function findings(records: readonly JournalRecord[], venue: Truth): string[] {
  return [
    ...bookFindings(records, venue),
    ...orderFindings(records, venue),
    ...childFindings(venue),
  ];
}

/** What the journal says of our position and of each order. */
export function standing(records: readonly JournalRecord[]): {
  readonly lots: number;
  readonly orders: ReadonlyMap<string, string>;
  /** Orders that were asked for more than once. */
  readonly twice: readonly string[];
} {
  const orders = new Map<string, string>();
  const requests = new Set<string>();
  const twice: string[] = [];
  let lots = 0;
  for (const { stream, body } of records) {
    if (stream === "position") ({ lots } = body);
    if (stream === "intent" && (body.action === "move" || body.action === "cancel")) {
      requests.add(body.intent);
    } else if (stream === "intent") {
      if (orders.has(body.order)) twice.push(body.order);
      orders.set(body.order, "asked");
    }
    if (stream !== "order" || body.state === "moved") continue;
    // A move or a cancel that was refused or lost ends nothing but itself.
    const isRequests = requests.has(body.intent) && body.state !== "cancelled";
    if (!isRequests) orders.set(body.order, body.state);
  }
  return { lots, orders, twice };
}

function bookFindings(records: readonly JournalRecord[], { position, fills }: Truth): string[] {
  const out: string[] = [];
  const heard: string[] = [];
  let booked = 0;
  const { lots } = standing(records);
  for (const { stream, body } of records) {
    if (stream === "execution") {
      heard.push(body.exec);
      booked += body.side === "buy" ? body.qty : -body.qty;
    }
  }
  if (lots !== booked) out.push(`a position of ${lots}, executions make ${booked}`);
  if (lots !== position) out.push(`a position of ${lots}, the venue has ${position}`);
  if (new Set(heard).size !== heard.length) out.push("an execution was booked twice");
  for (const exec of fills) if (!heard.includes(exec)) out.push(`fill ${exec} was never heard`);
  for (const exec of heard) if (!fills.includes(exec)) out.push(`fill ${exec} was never made`);
  if (records.some(({ seq }, at) => seq !== at)) out.push("a hole in the journal");
  return out;
}

function orderFindings(records: readonly JournalRecord[], { orders }: Truth): string[] {
  const out: string[] = [];
  const { orders: known, twice } = standing(records);
  for (const order of twice) out.push(`${order} was asked for twice`);
  const held = new Map(orders.map((order) => [order.tag, order]));
  if (held.size !== orders.length) out.push("the venue has an order twice");
  for (const { tag, state } of orders) {
    const ours = known.get(tag);
    const isDone = state !== "waiting" && state !== "working";
    if (ours === undefined) out.push(`${tag} is at the venue and nobody asked for it`);
    if (isDone && ours !== undefined && ours !== state) out.push(`${tag} is ${state}, was ${ours}`);
  }
  for (const [order, state] of known) {
    if (held.has(order) || state === "expired" || state === "rejected") continue;
    out.push(`${order} is ${state} and the venue never had it`);
  }
  return out;
}

function childFindings({ orders, position }: Truth): string[] {
  const live = orders.filter(({ state }) => state === "waiting" || state === "working");
  const rests = live.reduce((sum, { qty, filled }) => sum + qty - filled, 0);
  const out = live.flatMap(({ tag, parent }) => {
    const entry = orders.find((order) => order.tag === parent);
    return entry !== undefined && entry.filled > 0
      ? []
      : [`${tag} rests without a fill of its entry`];
  });
  if (rests !== Math.abs(position)) out.push(`${rests} lots rest for a position of ${position}`);
  return out;
}
