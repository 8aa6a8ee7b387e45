import { type TimeUs, timeUs } from "@believe/shared/base";
import type { TradeCapabilities, TradeProvider, VenueEvent } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { Bridge } from "./bridge.ts";

const capabilities: TradeCapabilities = {
  name: "scripted",
  status: "works",
  orderTypes: ["MKT", "STP"],
  timesInForce: ["day"],
  restsStops: true,
  attaches: { stop: true, target: false },
  oca: false,
  modifies: true,
  cancels: true,
  globalCancel: false,
  account: "paper",
  lotsMax: 10,
  partialFills: true,
  keepsOrders: true,
  sharesAccount: true,
};

/** A venue that says what the test puts into its mouth. */
class Scripted implements TradeProvider {
  readonly capabilities = capabilities;
  readonly sent: string[] = [];
  readonly words: VenueEvent[] = [];
  resyncs = 0;

  submit({ intent }: Body<"intent">): void {
    this.sent.push(intent);
  }
  due(): VenueEvent | null {
    return this.words.shift() ?? null;
  }
  onMarket(): VenueEvent[] {
    return [];
  }
  resync(): void {
    this.resyncs++;
  }
}

const at = (seconds: number): TimeUs => timeUs(1_700_000_000_000_000 + seconds * 1_000_000);

function intentOf(id: string, change: Partial<Body<"intent">> = {}): Body<"intent"> {
  return {
    intent: id,
    order: `B-${id}`,
    strategy: "sma-cross",
    symbol: "MESH4",
    atUs: at(0),
    action: "enter",
    side: "buy",
    qty: 1,
    type: "MKT",
    price: null,
    stop: null,
    reason: "cross-up",
    ...change,
  };
}

const link = (state: "down" | "syncing" | "ready", seconds = 0): VenueEvent => ({
  kind: "link",
  tsUs: at(seconds),
  venue: "scripted",
  state,
  reason: null,
});
const ack = (id: string): VenueEvent => ({
  kind: "acknowledged",
  tsUs: at(1),
  order: `B-${id}`,
  symbol: "MESH4",
});

let venue: Scripted;
let killed = false;
let bridge: Bridge;
beforeEach(() => {
  venue = new Scripted();
  killed = false;
  bridge = new Bridge({ provider: venue, killed: () => killed });
});

function ready(): void {
  venue.words.push(link("ready"));
  expect(bridge.due(at(0))).toEqual(link("ready"));
}

describe("the bridge", () => {
  it("lets nothing leave before the venue is ready on this connection", () => {
    expect(bridge.link.state).toBe("down");
    bridge.submit(intentOf("1"), at(0));
    expect(bridge.due(at(0))).toMatchObject({ kind: "absent", order: "B-1", reason: "not-ready" });
    venue.words.push(link("syncing"));
    bridge.due(at(0));
    bridge.submit(intentOf("2"), at(0));
    expect(bridge.due(at(0))).toMatchObject({ kind: "absent", order: "B-2", reason: "not-ready" });
    ready();
    expect(bridge.due(at(1))).toBeNull();
    expect(venue.sent).toEqual([]);
    bridge.submit(intentOf("3"), at(1));
    expect(venue.sent).toEqual(["3"]);
  });

  it("never sends what the link's end overtook, not even when it is back", () => {
    ready();
    venue.words.push(link("down"));
    bridge.due(at(1));
    bridge.submit(intentOf("1"), at(1));
    bridge.submit(intentOf("2", { action: "cancel", order: "B-0" }), at(1));
    expect(bridge.due(at(2))).toMatchObject({ kind: "absent", order: "B-1" });
    ready();
    expect(bridge.due(at(2))).toBeNull();
    expect(venue.sent).toEqual([]);
  });

  it("lets nothing but ways out leave while the kill latch is set", () => {
    ready();
    killed = true;
    for (const action of ["enter", "protect", "exit", "cancel", "move"] as const) {
      bridge.submit(intentOf(action, { action }), at(1));
    }
    expect(venue.sent).toEqual(["exit", "cancel", "move"]);
    expect(bridge.due(at(1))).toMatchObject({ order: "B-enter", reason: "killed" });
    expect(bridge.due(at(1))).toMatchObject({ order: "B-protect", reason: "killed" });
    killed = false;
    bridge.submit(intentOf("after"), at(2));
    expect(venue.sent.at(-1)).toBe("after");
  });

  it("sends an order until its deadline and not a microsecond later", () => {
    ready();
    const expiresUs = at(5);
    bridge.submit(intentOf("1", { expiresUs }), at(5));
    bridge.submit(intentOf("2", { expiresUs }), timeUs(at(5) + 1));
    expect(venue.sent).toEqual(["1"]);
    expect(bridge.due(at(5))).toMatchObject({ order: "B-2", reason: "past-deadline" });
  });

  it("declares the link down when an answer is owed for too long, and asks the venue for everything", () => {
    ready();
    bridge.submit(intentOf("1"), at(1));
    expect(bridge.due(at(11))).toBeNull();
    expect(bridge.due(timeUs(at(11) + 1))).toMatchObject({ state: "down", reason: "no-answer" });
    expect([bridge.link.state, venue.resyncs]).toEqual(["down", 1]);
    expect(bridge.due(at(60))).toBeNull();
    expect(venue.resyncs).toBe(1);
  });

  it("counts the wait from the first request of an order, and ends it with any word on it", () => {
    ready();
    bridge.submit(intentOf("1"), at(1));
    bridge.submit(intentOf("2", { action: "cancel", order: "B-1" }), at(9));
    venue.words.push(ack("1"));
    expect(bridge.due(at(10))).toEqual(ack("1"));
    expect(bridge.due(at(100))).toBeNull();
  });
});
