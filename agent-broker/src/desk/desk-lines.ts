import { isoUs, timeUs } from "@believe/shared/base";
import type { ConsoleState } from "@believe/shared/wire";

type Order = ConsoleState["orders"][number];

/** The desk's state as lines for a terminal. */
export function deskLines(state: ConsoleState): string[] {
  const { account, venue, position, result, latches, entries, reconciliation } = state;
  const doubtful = state.orders.filter((order) => order.state === "unknown");
  const barking = state.watchdogs.filter((dog) => dog.barking);
  const at = state.marketUs === null ? "–" : isoUs(timeUs(state.marketUs));
  return [
    row("account", `${account.name} (${account.kind}), strategy ${state.strategy}, market ${at}`),
    row("venue", `${venue.name}, ${venue.link}${venue.reason === null ? "" : `: ${venue.reason}`}`),
    row("position", `ours ${positionOf(position)}, theirs ${theirsOf(state)}`),
    row("result", `realised ${result.realised}, day ${result.day} of -${result.dayLossMax} USD`),
    ...listed("order", state.orders.map(orderLine)),
    row("unknown", doubtful.map(({ order }) => order).join(", ") || "none"),
    row("entries", entries.allowed ? "allowed" : `stopped: ${entries.reasons.join(", ")}`),
    row(
      "latches",
      [
        latches.killed ? "KILLED" : "not killed",
        latches.closeOnly ? "close-only" : "entries and exits",
        latches.armed === null ? "not armed" : `armed for ${latches.armed}`,
      ].join(", "),
    ),
    row("watchdogs", barking.map(({ name }) => name).join(", ") || "quiet"),
    row(
      "compared",
      reconciliation === null
        ? "never with the venue"
        : `${reconciliation.verdict} at ${isoUs(timeUs(reconciliation.atUs))}`,
    ),
    row("journal", `${state.journal.durable} records, ${state.journal.queued} leaves wait`),
  ];
}

function row(name: string, text: string): string {
  return `${name.padEnd(10)} ${text}`;
}

function listed(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [row(name, "none")] : lines.map((line) => row(name, line));
}

function positionOf({ lots, symbol, averagePrice, stop }: ConsoleState["position"]): string {
  if (lots === 0) return `flat in ${symbol}`;
  return `${lots} ${symbol} at ${averagePrice ?? "–"}, stop ${stop ?? "NONE"}`;
}

function theirsOf({ reconciliation, position }: ConsoleState): string {
  const theirs = reconciliation?.positions.find(({ symbol }) => symbol === position.symbol);
  return theirs === undefined ? "not told" : `${theirs.theirs} when last compared`;
}

function orderLine({ order, own, role, side, qty, filled, type, price, stop, state }: Order) {
  const where = [price, stop].filter((one) => one !== null).join(" / ");
  const whose = own ? role : "NOT OURS";
  return `${order} ${whose} ${side} ${filled}/${qty} ${type} ${where} ${state}`.replace("  ", " ");
}
