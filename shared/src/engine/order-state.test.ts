import { qty } from "@believe/shared/base";
import type { CommandEvent, Holdings, VenueEvent } from "@believe/shared/trade";
import type { Draft } from "@believe/shared/wire";
import { describe, expect, it } from "vitest";
import {
  acknowledged,
  atVenue,
  cancelled,
  corrected,
  executed,
  intent,
  link,
  NOON,
  type Scene,
  sceneOf,
  snapshot,
} from "./venue.fixture.ts";

const of = { tsUs: NOON, order: "B-000001", symbol: "MESH4" } as const;
const RESTS = intent({ type: "LMT", price: "4800.00" });
const part = executed("B-000001", 1, 1);
const rest = executed("B-000001", 2, 1);

const cancelCommand: CommandEvent = {
  kind: "command",
  tsUs: NOON,
  command: { kind: "cancel", order: "B-000001", by: "cli", reason: "test" },
};

/** The words that bring an order of two lots into each state. */
const STATES: Readonly<Record<string, readonly (VenueEvent | CommandEvent)[] | null>> = {
  "never asked": null,
  sent: [],
  working: [acknowledged()],
  partly: [acknowledged(), part],
  unknown: [link("down"), link("syncing"), snapshot({ definite: false }), link("ready")],
  cancelling: [acknowledged(), cancelCommand],
  filled: [part, rest],
  cancelled: [acknowledged(), cancelled()],
  rejected: [{ kind: "rejected", ...of, reason: "margin" }],
  expired: [{ kind: "absent", ...of, reason: "too-late" }],
};

/** What is heard next: after `part` (n.1) and `rest` (n.2) a late part is n.3. */
const EVENTS: Readonly<Record<string, VenueEvent>> = {
  acknowledged: acknowledged(),
  moved: { kind: "moved", ...of, price: null, stop: null },
  cancelled: cancelled(),
  "cancel too late": {
    kind: "cancel-rejected",
    ...of,
    request: "cancel",
    reason: "too-late",
  },
  rejected: { kind: "rejected", ...of, reason: "margin" },
  absent: { kind: "absent", ...of, reason: "too-late" },
  "a part": executed("B-000001", 3, 1),
  "the first part again": part,
  correction: corrected("B-000001", 1, { revision: 1, lots: 1, price: 19_204 }),
  bust: corrected("B-000001", 1, { revision: 1, lots: 0 }),
  "link down": link("down"),
  "snapshot: works": snapshot({ orders: [atVenue("B-000001")] }),
  "snapshot: cancelled": snapshot({ done: [atVenue("B-000001", { state: "cancelled" })] }),
  "snapshot: rejected": snapshot({ done: [atVenue("B-000001", { state: "rejected" })] }),
  "snapshot: filled": snapshot({
    done: [atVenue("B-000001", { state: "filled", filled: qty(2) })],
  }),
  "snapshot: nowhere": snapshot(),
  "snapshot: not told": snapshot({ definite: false }),
  "snapshot: twice": snapshot({
    orders: [atVenue("B-000001"), atVenue("B-000001", { ref: "2" })],
  }),
};

/** The state after the event and what is written down of the order, or "ignored". */
const ANSWERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cancelled: {
    "a part": "cancelled, execution, halt late-fill",
    absent: "ignored",
    acknowledged: "ignored",
    bust: "cancelled, correction 0→0",
    "cancel too late": "ignored",
    cancelled: "ignored",
    correction: "cancelled, execution, halt late-fill",
    "link down": "ignored",
    moved: "ignored",
    rejected: "ignored",
    "snapshot: cancelled": "ignored",
    "snapshot: filled": "ignored",
    "snapshot: not told": "ignored",
    "snapshot: nowhere": "ignored",
    "snapshot: rejected": "ignored",
    "snapshot: twice": "cancelled, halt ended-order-works, cancel asked",
    "snapshot: works": "cancelled, halt ended-order-works, cancel asked",
    "the first part again": "cancelled, execution, halt late-fill",
  },
  cancelling: {
    "a part": "cancelling, execution",
    absent: "expired, expired",
    acknowledged: "ignored",
    bust: "unknown, correction 0→0, unknown",
    "cancel too late": "working, rejected",
    cancelled: "cancelled, cancelled",
    correction: "cancelling, execution",
    "link down": "unknown, unknown",
    moved: "ignored",
    rejected: "rejected, rejected",
    "snapshot: cancelled": "cancelled, cancelled",
    "snapshot: filled": "unknown, unknown",
    "snapshot: not told": "unknown, unknown",
    "snapshot: nowhere": "expired, expired",
    "snapshot: rejected": "rejected, rejected",
    "snapshot: twice": "cancelling, halt double-order",
    "snapshot: works": "ignored",
    "the first part again": "cancelling, execution",
  },
  expired: {
    "a part": "expired, execution, halt late-fill",
    absent: "ignored",
    acknowledged: "ignored",
    bust: "expired, correction 0→0",
    "cancel too late": "ignored",
    cancelled: "ignored",
    correction: "expired, execution, halt late-fill",
    "link down": "ignored",
    moved: "ignored",
    rejected: "ignored",
    "snapshot: cancelled": "ignored",
    "snapshot: filled": "ignored",
    "snapshot: not told": "ignored",
    "snapshot: nowhere": "ignored",
    "snapshot: rejected": "ignored",
    "snapshot: twice": "expired, halt ended-order-works, cancel asked",
    "snapshot: works": "expired, halt ended-order-works, cancel asked",
    "the first part again": "expired, execution, halt late-fill",
  },
  filled: {
    "a part": "filled, execution, halt late-fill",
    absent: "ignored",
    acknowledged: "ignored",
    bust: "filled, correction 2→1, halt execution-corrected",
    "cancel too late": "ignored",
    cancelled: "ignored",
    correction: "filled, correction 2→2",
    "link down": "ignored",
    moved: "ignored",
    rejected: "ignored",
    "snapshot: cancelled": "ignored",
    "snapshot: filled": "ignored",
    "snapshot: not told": "ignored",
    "snapshot: nowhere": "ignored",
    "snapshot: rejected": "ignored",
    "snapshot: twice": "filled, halt ended-order-works, cancel asked",
    "snapshot: works": "filled, halt ended-order-works, cancel asked",
    "the first part again": "ignored",
  },
  "never asked": {
    "a part": "never asked, halt unknown-order",
    absent: "never asked, halt unknown-order",
    acknowledged: "never asked, halt unknown-order",
    bust: "never asked, halt unknown-order",
    "cancel too late": "never asked, halt unknown-order",
    cancelled: "never asked, halt unknown-order",
    correction: "never asked, halt unknown-order",
    "link down": "ignored",
    moved: "never asked, halt unknown-order",
    rejected: "never asked, halt unknown-order",
    "snapshot: cancelled": "ignored",
    "snapshot: filled": "ignored",
    "snapshot: not told": "ignored",
    "snapshot: nowhere": "ignored",
    "snapshot: rejected": "ignored",
    "snapshot: twice": "never asked, halt unknown-order",
    "snapshot: works": "never asked, halt unknown-order",
    "the first part again": "never asked, halt unknown-order",
  },
  partly: {
    "a part": "filled, execution, filled",
    absent: "expired, expired",
    acknowledged: "ignored",
    bust: "cancelling, correction 1→0, halt execution-corrected, cancel asked",
    "cancel too late": "ignored",
    cancelled: "cancelled, cancelled",
    correction: "partly, correction 1→1",
    "link down": "ignored",
    moved: "ignored",
    rejected: "rejected, rejected",
    "snapshot: cancelled": "cancelled, cancelled",
    "snapshot: filled": "unknown, unknown",
    "snapshot: not told": "unknown, unknown",
    "snapshot: nowhere": "expired, expired",
    "snapshot: rejected": "rejected, rejected",
    "snapshot: twice": "cancelling, halt double-order, cancel asked",
    "snapshot: works": "ignored",
    "the first part again": "ignored",
  },
  rejected: {
    "a part": "rejected, execution, halt late-fill",
    absent: "ignored",
    acknowledged: "ignored",
    bust: "rejected, correction 0→0",
    "cancel too late": "ignored",
    cancelled: "ignored",
    correction: "rejected, execution, halt late-fill",
    "link down": "ignored",
    moved: "ignored",
    rejected: "ignored",
    "snapshot: cancelled": "ignored",
    "snapshot: filled": "ignored",
    "snapshot: not told": "ignored",
    "snapshot: nowhere": "ignored",
    "snapshot: rejected": "ignored",
    "snapshot: twice": "rejected, halt ended-order-works, cancel asked",
    "snapshot: works": "rejected, halt ended-order-works, cancel asked",
    "the first part again": "rejected, execution, halt late-fill",
  },
  sent: {
    "a part": "partly, execution",
    absent: "expired, expired",
    acknowledged: "working, acknowledged",
    bust: "unknown, correction 0→0, unknown",
    "cancel too late": "ignored",
    cancelled: "cancelled, cancelled",
    correction: "partly, execution",
    "link down": "unknown, unknown",
    moved: "ignored",
    rejected: "rejected, rejected",
    "snapshot: cancelled": "cancelled, cancelled",
    "snapshot: filled": "unknown, unknown",
    "snapshot: not told": "unknown, unknown",
    "snapshot: nowhere": "expired, expired",
    "snapshot: rejected": "rejected, rejected",
    "snapshot: twice": "cancelling, acknowledged, halt double-order, cancel asked",
    "snapshot: works": "working, acknowledged",
    "the first part again": "partly, execution",
  },
  unknown: {
    "a part": "partly, execution",
    absent: "expired, expired",
    acknowledged: "working, acknowledged",
    bust: "unknown, correction 0→0, unknown",
    "cancel too late": "ignored",
    cancelled: "cancelled, cancelled",
    correction: "partly, execution",
    "link down": "ignored",
    moved: "ignored",
    rejected: "rejected, rejected",
    "snapshot: cancelled": "cancelled, cancelled",
    "snapshot: filled": "ignored",
    "snapshot: not told": "ignored",
    "snapshot: nowhere": "expired, expired",
    "snapshot: rejected": "rejected, rejected",
    "snapshot: twice": "cancelling, acknowledged, halt double-order, cancel asked",
    "snapshot: works": "working, acknowledged",
    "the first part again": "partly, execution",
  },
  working: {
    "a part": "partly, execution",
    absent: "expired, expired",
    acknowledged: "ignored",
    bust: "unknown, correction 0→0, unknown",
    "cancel too late": "ignored",
    cancelled: "cancelled, cancelled",
    correction: "partly, execution",
    "link down": "ignored",
    moved: "ignored",
    rejected: "rejected, rejected",
    "snapshot: cancelled": "cancelled, cancelled",
    "snapshot: filled": "unknown, unknown",
    "snapshot: not told": "unknown, unknown",
    "snapshot: nowhere": "expired, expired",
    "snapshot: rejected": "rejected, rejected",
    "snapshot: twice": "cancelling, halt double-order, cancel asked",
    "snapshot: works": "ignored",
    "the first part again": "partly, execution",
  },
};

function stateOf(holdings: Holdings): string {
  const live = holdings.orders.get("B-000001");
  if (live?.cancel && !live.cancel.refused && live.state === "working") return "cancelling";
  if (live) return live.state === "working" && live.filled > 0 ? "partly" : live.state;
  return holdings.ended.get("B-000001")?.end ?? "never asked";
}

function sceneIn(state: string): Scene {
  const words = STATES[state];
  const scene = sceneOf(words ? [RESTS] : []);
  for (const word of words ?? []) {
    if (word.kind === "command") scene.tell(word.command);
    else scene.hear(word);
  }
  expect(stateOf(scene.holdings())).toBe(state);
  return scene;
}

function told(draft: Draft): string[] {
  const { stream, body } = draft;
  if (stream === "order") return body.order === "B-000001" ? [body.state] : [];
  if (stream === "halt") return [`halt ${body.reason}`];
  if (stream === "correction") return [`correction ${body.lotsBefore}→${body.lotsAfter}`];
  if (stream === "execution") return ["execution"];
  if (stream === "intent" && body.action === "cancel") return ["cancel asked"];
  return [];
}

/** A snapshot whose position is ours, so that it speaks of the order alone. */
function atOurPosition(event: VenueEvent, lots: number): VenueEvent {
  if (event.kind !== "snapshot") return event;
  return { ...event, snapshot: { ...event.snapshot, positions: [{ symbol: "MESH4", lots }] } };
}

/** The state after the event and what was written down, or "ignored". */
function cell(state: string, event: VenueEvent): string {
  const scene = sceneIn(state);
  const halts = scene.of("halt").length;
  const from = scene.drafts.length;
  scene.hear(atOurPosition(event, scene.holdings().net));
  const written = scene.drafts.slice(from).flatMap(told);
  const after = stateOf(scene.holdings());
  if (written.length === 0 && after === state && scene.of("halt").length === halts)
    return "ignored";
  return [after, ...written].join(", ");
}

describe("the state machine of an order", () => {
  it("has one answer for every state and every word", () => {
    const table = Object.fromEntries(
      Object.keys(STATES).map((state) => [
        state,
        Object.fromEntries(
          Object.entries(EVENTS).map(([name, event]) => [name, cell(state, event)]),
        ),
      ]),
    );
    expect(table).toEqual(ANSWERS);
  });
});
