import { DAY_US, priceTicks, qty } from "@believe/shared/base";
import type { JournalRecord } from "@believe/shared/wire";
import { describe, expect, it } from "vitest";
import { foldJournal } from "./fold.ts";
import {
  acknowledged,
  atVenue,
  cancelled,
  executed,
  holdingsOf,
  intent,
  link,
  NOON,
  READY,
  type Scene,
  sceneOf,
  snapshot,
} from "./venue.fixture.ts";

const ATTACHED = intent({ attach: { stop: "4790.00", target: null } });
const STOP = priceTicks(19_160);
const at = (lots: number) => ({ positions: [{ symbol: "MESH4", lots }] });

function reasons(scene: Scene): readonly string[] {
  return scene.engine.status()?.entries.reasons ?? [];
}

function actions(scene: Scene): string[] {
  return scene
    .of("intent")
    .map(({ action, order, qty }) => `${action} ${order} ${qty ?? ""}`.trim());
}

describe("the link to a venue that keeps orders", () => {
  it("allows no entry and asks for nothing before a snapshot of this connection was compared", () => {
    const scene = sceneOf([], { connection: undefined });
    expect(reasons(scene)).toContain("venue-not-ready");
    scene.hear(link("syncing"));
    scene.hear(link("ready"));
    expect(reasons(scene)).toContain("venue-not-ready");
    scene.hear(link("syncing"));
    scene.hear(snapshot());
    expect(reasons(scene)).toContain("venue-not-ready");
    scene.hear(link("ready"));
    expect(reasons(scene)).not.toContain("venue-not-ready");
    scene.hear(link("down"));
    expect(reasons(scene)).toContain("venue-not-ready");
  });

  it("asks for a missing stop at once when it is ready, and not before", () => {
    const scene = sceneOf([intent()], { connection: { ...READY, foreign: [], barking: [] } });
    scene.hear(link("down"));
    scene.hear(link("syncing"));
    const two = { ...execution({ order: "B-000001", ref: "9" }), qty: qty(2) };
    scene.hear(snapshot({ ...at(2), executions: [two] }));
    expect(scene.holdings().net).toBe(2);
    expect(actions(scene)).toEqual([]);
    scene.hear(link("ready"));
    expect(actions(scene)).toEqual(["protect B-000002 2"]);
    expect(scene.of("reconciliation")).toMatchObject([
      { verdict: "match", orders: { found: 1, gone: 0 }, executions: { known: 0, late: 1 } },
    ]);
  });

  it("finds an order by the venue's own id where the client id is missing", () => {
    const scene = sceneOf([intent(), ...acked()]);
    scene.hear(
      snapshot({
        ...at(1),
        orders: [atVenue("B-000001", { ref: "4711", filled: qty(1) })],
        executions: [execution({ order: null, ref: "4711" })],
      }),
    );
    expect(scene.holdings().orderOf("B-000001")?.filled).toBe(1);
    expect(scene.of("reconciliation")[0]?.verdict).toBe("match");
  });

  it("halts on a position that differs, and closes no more than both sides know of", () => {
    const scene = sceneOf([intent(), ...acked()]);
    scene.hear(executed("B-000001", 1, 2));
    scene.hear(acknowledged("B-000002"));
    scene.hear(snapshot({ ...at(1), orders: [stopAtVenue("B-000002")] }));
    expect(scene.of("reconciliation")[0]).toMatchObject({
      verdict: "mismatch",
      positions: [{ symbol: "MESH4", ours: 2, theirs: 1 }],
      reasons: ["position-mismatch"],
    });
    expect(reasons(scene)).toContain("position-mismatch");
    scene.tell({ kind: "flatten", by: "cli", reason: "test" });
    scene.hear(cancelled("B-000002"));
    expect(actions(scene).at(-1)).toBe("exit B-000003 1");
  });

  it("never trades against a position that the venue does not have", () => {
    const scene = sceneOf([intent(), ...acked()]);
    scene.hear(executed("B-000001", 1, 2));
    scene.hear(acknowledged("B-000002"));
    scene.hear(snapshot({ ...at(0), orders: [stopAtVenue("B-000002")] }));
    scene.tell({ kind: "flatten", by: "cli", reason: "test" });
    scene.hear(cancelled("B-000002"));
    expect(actions(scene)).not.toContainEqual(expect.stringMatching(/^exit/));
  });

  it("exits only what no order in doubt could have closed already", () => {
    const scene = sceneOf([intent(), ...acked()]);
    scene.hear(executed("B-000001", 1, 2));
    scene.hear(link("down"));
    expect(scene.holdings().orders.get("B-000002")?.state).toBe("unknown");
    scene.hear(link("syncing"));
    scene.hear(snapshot({ ...at(2), definite: false }));
    scene.hear(link("ready"));
    scene.tell({ kind: "flatten", by: "cli", reason: "test" });
    expect(actions(scene)).toEqual(["protect B-000002 2", "cancel B-000002"]);
    expect(reasons(scene)).toContain("order-unknown");
    scene.hear(cancelled("B-000002"));
    expect(actions(scene).at(-1)).toBe("exit B-000003 2");
  });

  it("cancels an order that is there twice, and halts", () => {
    const scene = sceneOf([intent(), ...acked()]);
    const twice = [atVenue("B-000001"), atVenue("B-000001", { ref: "2" })];
    scene.hear(snapshot({ ...at(0), orders: twice }));
    expect(actions(scene)).toEqual(["cancel B-000001"]);
    expect(scene.of("halt").map(({ reason }) => reason)).toEqual(["double-order"]);
  });

  it("counts foreign orders in the exposure and touches none", () => {
    const scene = sceneOf([]);
    scene.hear(snapshot({ ...at(0), orders: [atVenue(null, { qty: qty(3) })] }));
    expect(reasons(scene)).toContain("max-position");
    scene.hear({ kind: "foreign", tsUs: NOON, order: atVenue(null, { state: "cancelled" }) });
    expect(reasons(scene)).not.toContain("max-position");
    expect(actions(scene)).toEqual([]);
    expect(scene.of("reconciliation")[0]?.orders.foreign).toBe(1);
  });
});

function acked() {
  const of = { order: "B-000001", intent: "I-000001", symbol: "MESH4", atUs: NOON };
  return [{ stream: "order", body: { ...of, state: "acknowledged", reason: null } }] as const;
}

function stopAtVenue(order: string) {
  return atVenue(order, { side: "sell", type: "STP", stop: STOP });
}

function execution(change: { order: string | null; ref: string }) {
  const of = { exec: "x.1", revision: 0, symbol: "MESH4", side: "buy", atUs: NOON } as const;
  return { ...of, qty: qty(1), price: priceTicks(19_200), ...change };
}

describe("a move in doubt", () => {
  const NEW = priceTicks(19_190);

  /** A stop that was asked to move when the link broke. */
  function broken(): Scene {
    const move = { action: "move", intent: "I-000003", order: "B-000002", reason: "trailing-stop" };
    const none = { side: null, qty: null, type: null } as const;
    const scene = sceneOf([intent()]);
    scene.hear(executed("B-000001", 1, 2));
    scene.hear(acknowledged("B-000002"));
    const moved = intent({ ...move, ...none, action: "move", stop: "4797.50" });
    const holdings = holdingsOf([moved], scene.holdings().state()).state();
    const later = sceneOf([], { holdings });
    later.hear(link("down"));
    expect(later.holdings().orders.get("B-000002")?.state).toBe("unknown");
    later.hear(link("syncing"));
    return later;
  }

  it.each([
    [NEW, "moved"],
    [STOP, "expired"],
  ])("is ended by where the venue has the stop: at %i it is %s", (stop, state) => {
    const scene = broken();
    const seen = atVenue("B-000002", { side: "sell", type: "STP", stop });
    scene.hear(snapshot({ ...at(2), orders: [seen] }));
    expect(scene.holdings().orders.get("B-000002")).toMatchObject({
      state: "working",
      stop,
      move: null,
    });
    expect(scene.of("order").map((body) => body.state)).toEqual(["unknown", "acknowledged", state]);
  });

  it("is not answered by the answer to an older move told again", () => {
    const scene = broken();
    const of = { tsUs: NOON, order: "B-000002", symbol: "MESH4", price: null } as const;
    scene.hear({ kind: "moved", ...of, stop: STOP });
    expect(scene.holdings().orders.get("B-000002")?.move).not.toBeNull();
    scene.hear({ kind: "moved", ...of, stop: NEW });
    scene.hear({ kind: "moved", ...of, stop: NEW });
    expect(scene.holdings().orders.get("B-000002")?.stop).toBe(NEW);
    expect(scene.of("order").filter(({ state }) => state === "moved")).toHaveLength(1);
  });
});

describe("an attached stop", () => {
  const venue = { attachesStop: true, keepsOrders: true, needsArming: false };

  it("rests with its entry, is sized by what the entry filled, and makes a stop of our own needless", () => {
    const scene = sceneOf([ATTACHED], { venue });
    scene.hear(acknowledged());
    expect(scene.holdings().orders.get("B-000001.S")).toMatchObject({ qty: 0, stop: STOP });
    scene.hear(executed("B-000001", 1, 1));
    expect(scene.holdings().orders.get("B-000001.S")?.qty).toBe(1);
    scene.hear(executed("B-000001", 2, 1));
    expect(scene.holdings().orders.get("B-000001.S")?.qty).toBe(2);
    expect(actions(scene)).toEqual([]);
    expect(scene.holdings().stopPrice).toBe("4790.00");
  });

  it("leaves with an entry that filled nothing", () => {
    const scene = sceneOf([ATTACHED], { venue });
    scene.hear(acknowledged());
    scene.hear(cancelled());
    expect(scene.holdings().orders.size).toBe(0);
    scene.hear(cancelled("B-000001.S"));
    expect(scene.of("halt")).toEqual([]);
  });

  it("closes the trade under its own name, and proves an entry of which nothing was heard", () => {
    const scene = sceneOf([ATTACHED], { venue });
    scene.hear(acknowledged("B-000001.S"));
    expect(scene.of("order")).toMatchObject([{ order: "B-000001", state: "acknowledged" }]);
    scene.hear(executed("B-000001", 1, 2));
    scene.hear(executed("B-000001.S", 1, -2, 19_160));
    expect(scene.of("trade")).toMatchObject([{ trade: "T-000001", reason: "protective-stop" }]);
    expect(scene.holdings().orders.size).toBe(0);
  });

  it("cancels its sibling by the venue's word, and neither counts beyond the position", () => {
    const attach = { stop: "4790.00", target: "4820.00" };
    const scene = sceneOf([intent({ attach })], { venue });
    scene.hear(executed("B-000001", 1, 2));
    scene.hear(executed("B-000001.T", 1, -1, 19_280));
    const sizes = ["B-000001.S", "B-000001.T"].map((id) => scene.holdings().orderOf(id)?.qty);
    expect(sizes).toEqual([1, 2]);
    scene.hear(executed("B-000001.T", 2, -1, 19_280));
    scene.hear(cancelled("B-000001.S"));
    expect(scene.holdings().net).toBe(0);
    expect(scene.holdings().orders.size).toBe(0);
  });

  it("is sized and filled days after its entry was forgotten otherwise", () => {
    const scene = sceneOf([ATTACHED], { venue });
    scene.hear(executed("B-000001", 1, 2));
    const later = intent({ intent: "I-000009", order: "B-000009", atUs: NOON + 9 * DAY_US });
    const holdings = holdingsOf([later], scene.holdings().state()).state();
    expect(holdings.ended.map(({ order }) => order.order)).toEqual(["B-000001"]);
    const resumed = sceneOf([], { venue, holdings });
    resumed.hear(executed("B-000001.S", 1, -2, 19_160));
    expect(resumed.holdings().net).toBe(0);
  });

  it("is asked for again by ourselves when the venue lost it", () => {
    const scene = sceneOf([ATTACHED], { venue });
    scene.hear(executed("B-000001", 1, 2));
    scene.hear(snapshot(at(2)));
    expect(actions(scene)).toEqual(["protect B-000002 2"]);
    expect(scene.of("reconciliation")[0]?.reasons).toEqual(["child-lost"]);
  });
});

describe("a start with requests that nobody answered", () => {
  const journal = [intent(), intent({ intent: "I-000002", order: "B-000002" }), ...acked()];
  const records: JournalRecord[] = journal.map((draft, seq) => ({
    v: 1,
    seq,
    wallUs: 0,
    salt: "AAAAAAAAAAAAAAAAAAAAAA==",
    ...draft,
  }));

  it("ends them as expired on the paper venue and doubts them on one that keeps orders", () => {
    const paper = foldJournal(records, { symbol: "MESH4" });
    expect(paper.holdings.orders.map(({ order }) => order)).toEqual(["B-000001"]);
    expect(paper.expired.map(({ order }) => order)).toEqual(["B-000002"]);
    const real = foldJournal(records, { symbol: "MESH4", keepsOrders: true });
    expect(real.expired).toEqual([]);
    expect(real.owed.map(({ body }) => body)).toMatchObject([
      { order: "B-000002", state: "unknown", reason: "restarted" },
    ]);
    expect(real.holdings.orders.map(({ order, state }) => `${order} ${state}`)).toEqual([
      "B-000001 working",
      "B-000002 unknown",
    ]);
  });

  it("goes on in doubt until the snapshot, and asks for nothing twice", () => {
    const { holdings } = foldJournal(records, { symbol: "MESH4", keepsOrders: true });
    const scene = sceneOf([], { holdings, connection: undefined });
    scene.hear(link("syncing"));
    scene.hear(snapshot({ orders: [atVenue("B-000001")], done: [] }));
    scene.hear(link("ready"));
    expect(scene.of("order")).toMatchObject([{ order: "B-000002", state: "expired" }]);
    expect(actions(scene)).toEqual([]);
    expect(holdingsOf([], holdings).inDoubt).toHaveLength(1);
    expect(scene.holdings().inDoubt).toEqual([]);
  });
});
