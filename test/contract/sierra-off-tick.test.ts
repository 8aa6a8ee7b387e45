import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { SierraRig } from "./sierra-rig.ts";
import { decimal, intent, moveOf } from "./trade-rig.ts";

const BETWEEN = "25.10";

describe("a price between two ticks", () => {
  const rig = new SierraRig();
  afterAll(() => rig.close());

  it("is never written: an order with one is answered as absent, a move with one puts the order in doubt", () => {
    rig.quote(100, 101, 9);
    const before = rig.rows("orders_RGW.csv");
    const attach = { stop: BETWEEN, target: null };
    rig.submit(intent({ order: "B-000001", price: BETWEEN }));
    rig.submit(intent({ order: "B-000002", type: "MKT", price: null, attach }));
    const absent = { kind: "absent", reason: "off-tick" };
    expect(rig.hear()).toMatchObject([
      { ...absent, order: "B-000001" },
      { ...absent, order: "B-000002" },
    ]);
    expect(rig.rows("orders_RGW.csv")).toEqual(before);
    rig.submit(intent({ order: "B-000003", price: decimal(90) }));
    rig.hear();
    rig.submit({ ...moveOf("B-000003", 89), price: BETWEEN });
    expect(rig.hear(30_000)).toMatchObject([
      { kind: "link", state: "down", reason: "off-tick" },
      { kind: "link", state: "syncing" },
      { kind: "snapshot", snapshot: { orders: [{ order: "B-000003", price: 90 }] } },
      { kind: "link", state: "ready" },
    ]);
    expect(rig.rows("orders_RGW.csv").join()).not.toContain(BETWEEN);
  });

  it("is refused by the study, which lives on", () => {
    const [, placed = ""] = rig.rows("orders_RGW.csv").filter((row) => !row.includes("SYNC"));
    const text = placed
      .slice(0, placed.lastIndexOf(","))
      .replace(/^\d+/, "900")
      .replaceAll("2024-", "2034-")
      .replace("B-000003", "B-000004")
      .replace(decimal(90), BETWEEN);
    const sum = crc32(text).toString(16).padStart(8, "0");
    appendFileSync(join(rig.folder, "orders_RGW.csv"), `${text},${sum}\r\n`);
    rig.hear();
    expect(rig.rows().at(-1)).toMatch(/,REJECT,B-000004,.*,off-tick,/);
    rig.hear(5_000);
    expect(rig.rows().at(-1)).toContain(",ALIVE,");
  });
});
