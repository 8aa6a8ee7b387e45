import type { ConsoleState } from "@believe/shared/wire";

/** With no answer for longer than this nothing on the page may be believed any more. */
export const STALE_AFTER_MS = 3_000;

/** How the page stands to the agent. */
export type Contact =
  | { readonly kind: "live" }
  | { readonly kind: "silent"; readonly sinceMs: number }
  | { readonly kind: "locked"; readonly detail: string };

/** Everything that the page draws. */
export interface DeskView {
  /** Null before the first answer. */
  readonly state: ConsoleState | null;
  readonly contact: Contact;
  /** What became of the last command, null before one. */
  readonly said: { readonly ok: boolean; readonly text: string } | null;
}

export interface Trouble {
  readonly tone: "bad" | "warn";
  readonly text: string;
}

/** What a trader must know before anything else, worst first; empty when all is well. */
export function troublesOf(state: ConsoleState): Trouble[] {
  const { latches, venue, orders, reconciliation, position, watchdogs } = state;
  const troubles: Trouble[] = [];
  const bad = (text: string): number => troubles.push({ tone: "bad", text });
  const warn = (text: string): number => troubles.push({ tone: "warn", text });
  if (latches.killed) bad("Killed: no new order leaves until a person clears it.");
  if (reconciliation?.verdict === "mismatch") {
    bad("Our position is not the venue's: adopt it, or find the difference.");
  }
  const doubt = orders.filter(({ state: at }) => at === "unknown").length;
  if (doubt > 0) bad(`${doubt} ${doubt === 1 ? "order is" : "orders are"} in doubt.`);
  if (position.lots !== 0 && position.stop === null) bad("The position has no resting stop.");
  if (venue.link !== "ready") bad(`The link to ${venue.name} is ${venue.link}.`);
  for (const { name, severity, barking } of watchdogs) {
    if (!barking || severity === "info") continue;
    (severity === "critical" ? bad : warn)(`Watchdog: ${name.replaceAll("-", " ")}.`);
  }
  if (latches.closeOnly) warn("Close-only: no new position.");
  if (state.account.kind === "live" && latches.armed === null) warn("Not armed for this session.");
  return troubles;
}
