import type { Command } from "@believe/shared/wire";
import { describe, expect, it } from "vitest";
import {
  acknowledged,
  cancelled,
  executed,
  holdingsOf,
  intent,
  link,
  NOON,
  type Scene,
  sceneOf,
  snapshot,
} from "./venue.fixture.ts";

const by = { by: "cli", reason: "test" } as const;
const kill = (flatten: boolean): Command => ({ kind: "kill", flatten, ...by });

function actions(scene: Scene): string[] {
  return scene.of("intent").map(({ action, order }) => `${action} ${order}`);
}

function reasons(scene: Scene): readonly string[] {
  return scene.engine.status()?.entries.reasons ?? [];
}

/** Two lots long with their stop at rest as B-000002. */
function inPosition(): Scene {
  const scene = sceneOf([intent()]);
  scene.hear(executed("B-000001", 1, 2));
  scene.hear(acknowledged("B-000002"));
  expect(actions(scene)).toEqual(["protect B-000002"]);
  return scene;
}

describe("a person's kill", () => {
  it("is written down first, cancels every order of ours and asks for nothing new", () => {
    const scene = inPosition();
    const from = scene.drafts.length;
    scene.tell(kill(false));
    const written = scene.drafts.slice(from).map(({ stream }) => stream);
    expect(written).toEqual(["command", "intent"]);
    scene.hear(cancelled("B-000002"));
    expect(actions(scene)).toEqual(["protect B-000002", "cancel B-000002"]);
    expect(reasons(scene)).toContain("killed");
    expect(scene.holdings().net).toBe(2);
  });

  it("closes the position when told to, once everything else is cancelled", () => {
    const scene = inPosition();
    scene.tell(kill(true));
    scene.hear(cancelled("B-000002"));
    expect(actions(scene).slice(1)).toEqual(["cancel B-000002", "exit B-000003"]);
    scene.hear(executed("B-000003", 1, -2));
    expect(scene.holdings().net).toBe(0);
    expect(reasons(scene)).toContain("killed");
  });

  it("takes the flattening from a second kill and never gives it back", () => {
    const scene = inPosition();
    scene.tell(kill(false));
    scene.hear(cancelled("B-000002"));
    scene.tell(kill(true));
    scene.tell(kill(false));
    expect(actions(scene).at(-1)).toBe("exit B-000003");
    expect(scene.holdings().latches.killed).toEqual({ flatten: true });
  });

  it("survives a restart, and holds while the venue cannot be asked", () => {
    const scene = inPosition();
    scene.hear(link("down"));
    scene.tell(kill(false));
    expect(actions(scene)).toEqual(["protect B-000002"]);
    const later = sceneOf([], { holdings: scene.holdings().state(), connection: undefined });
    expect(later.holdings().latches.killed).toEqual({ flatten: false });
    later.hear(link("syncing"));
    const position = [{ symbol: "MESH4", lots: 2 }];
    later.hear(snapshot({ positions: position, definite: false }));
    later.hear(link("ready"));
    expect(actions(later)).toEqual(["cancel B-000002"]);
  });

  it("with flattening, closes what is filled after it", () => {
    const scene = sceneOf([intent()]);
    scene.tell(kill(true));
    scene.hear(executed("B-000001", 1, 2));
    expect(actions(scene)).toEqual(["exit B-000002"]);
  });

  it("is louder than a halt when the venue refuses to close", () => {
    const scene = inPosition();
    scene.tell(kill(true));
    scene.hear(cancelled("B-000002"));
    const of = { tsUs: NOON, order: "B-000003", symbol: "MESH4" };
    scene.hear({ kind: "rejected", ...of, reason: "margin" });
    expect(scene.of("halt").map(({ reason }) => reason)).toEqual(["exit-rejected"]);
    expect(scene.of("watch")).toMatchObject([{ dog: "flatten-rejected", barking: true }]);
    expect(reasons(scene)).toContain("flatten-rejected");
    scene.hear(executed("B-000001", 2, -2));
    expect(scene.of("watch").at(-1)).toMatchObject({ dog: "flatten-rejected", barking: false });
  });

  it("ends with unkill: the position is protected again", () => {
    const scene = inPosition();
    scene.tell(kill(false));
    scene.hear(cancelled("B-000002"));
    scene.tell({ kind: "unkill", ...by });
    expect(actions(scene).at(-1)).toBe("protect B-000003");
    expect(reasons(scene)).not.toContain("killed");
  });
});

describe("a person's other acts", () => {
  it("close-only ends entries, cancels one that rests and keeps the stop", () => {
    const scene = sceneOf([intent({ type: "LMT", price: "4800.00" })]);
    scene.hear(acknowledged());
    scene.hear(executed("B-000001", 1, 1));
    scene.hear(acknowledged("B-000002"));
    scene.tell({ kind: "close-only", on: true, ...by });
    expect(actions(scene)).toEqual(["protect B-000002", "cancel B-000001"]);
    expect(reasons(scene)).toContain("close-only");
    scene.tell({ kind: "close-only", on: false, ...by });
    expect(reasons(scene)).not.toContain("close-only");
  });

  it("flatten works while halted", () => {
    const scene = inPosition();
    scene.hear(acknowledged("B-999999"));
    expect(reasons(scene)).toContain("unknown-order");
    scene.tell({ kind: "flatten", ...by });
    scene.hear(cancelled("B-000002"));
    expect(actions(scene).at(-1)).toBe("exit B-000003");
  });

  it("resume clears standing halts and nothing of the trade date's", () => {
    const halt = (reason: string) => ({ stream: "halt", body: { atUs: NOON, reason } }) as const;
    const scene = sceneOf([halt("daily-loss"), halt("position-mismatch")]);
    scene.tell({ kind: "resume", ...by });
    expect(scene.holdings().halts("2024-01-09")).toEqual(["daily-loss"]);
  });

  it("arm opens entries of one trade date, disarm ends them", () => {
    const venue = { attachesStop: true, keepsOrders: true, needsArming: true };
    const scene = sceneOf([], { venue });
    expect(reasons(scene)).toContain("not-armed");
    scene.tell({ kind: "arm", tradeDate: "2024-01-10", ...by });
    expect(reasons(scene)).toContain("not-armed");
    scene.tell({ kind: "arm", tradeDate: "2024-01-09", ...by });
    expect(reasons(scene)).not.toContain("not-armed");
    scene.tell({ kind: "disarm", ...by });
    expect(reasons(scene)).toContain("not-armed");
  });

  it("cancel takes one order of ours back and no other", () => {
    const scene = inPosition();
    scene.tell({ kind: "cancel", order: "B-000777", ...by });
    expect(actions(scene)).toEqual(["protect B-000002"]);
    scene.tell({ kind: "cancel", order: "B-000002", ...by });
    expect(actions(scene).at(-1)).toBe("cancel B-000002");
  });

  it("adopt takes the venue's position at the price that the person names, without a fill", () => {
    const scene = inPosition();
    scene.hear(snapshot({ positions: [{ symbol: "MESH4", lots: 0 }], definite: false }));
    expect(reasons(scene)).toContain("position-mismatch");
    const fills = scene.of("fill").length;
    scene.tell({ kind: "adopt", symbol: "MESH4", lots: 0, price: "4810.00", ...by });
    expect(scene.of("correction")).toMatchObject([
      {
        kind: "adopted",
        side: "sell",
        qty: 2,
        lotsBefore: 2,
        lotsAfter: 0,
        realisedDelta: "100.00",
      },
    ]);
    expect(scene.of("position").at(-1)).toMatchObject({ lots: 0, realised: "98.76" });
    expect(scene.of("trade")).toMatchObject([{ trade: "T-000001", reason: "adopted" }]);
    expect(scene.of("fill")).toHaveLength(fills);
    scene.tell({ kind: "resume", ...by });
    expect(reasons(scene)).not.toContain("position-mismatch");
  });

  it("leave records that set every latch again, byte for byte", () => {
    const scene = inPosition();
    const acts: Command[] = [
      kill(false),
      { kind: "close-only", on: true, ...by },
      { kind: "arm", tradeDate: "2024-01-09", ...by },
      { kind: "adopt", symbol: "MESH4", lots: 3, price: "4801.00", ...by },
      { kind: "resume", ...by },
    ];
    for (const act of acts) scene.tell(act);
    const again = holdingsOf(scene.drafts, scene.began);
    expect(JSON.stringify(again.state())).toBe(JSON.stringify(scene.holdings().state()));
    expect(again.latches).toMatchObject({
      killed: { flatten: false },
      closeOnly: true,
      armed: "2024-01-09",
    });
    expect(again.net).toBe(3);
  });

  it("leaves an adopted position that no entry of ours opened", () => {
    const scene = sceneOf([]);
    scene.tell({ kind: "adopt", symbol: "MESH4", lots: -3, price: "4800.00", ...by });
    expect(scene.of("correction")[0]?.realisedDelta).toBe("0.00");
    expect(actions(scene)).toEqual(["exit B-000001"]);
    expect(scene.of("intent")[0]).toMatchObject({
      side: "buy",
      qty: 3,
      reason: "adopted-position",
    });
  });

  it("refuses to adopt at a price that is none, or in another instrument", () => {
    for (const [symbol, price] of [
      ["MESH4", "4800.10"],
      ["ESH4", "4800.00"],
    ] as const) {
      const scene = sceneOf([]);
      scene.tell({ kind: "adopt", symbol, lots: 1, price, ...by });
      expect(scene.holdings().net).toBe(0);
      expect(reasons(scene)).toContain("adopt-refused");
    }
  });
});
