import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaySegments } from "@believe/agent-research/replay";
import { beforeAll, describe, expect, it } from "vitest";
import { journalLines, journalRecords, recomputed } from "../journal-on-disk.ts";
import { type Figures, StartScript } from "./start-script.ts";

const BAD_ROWS = [
  "not,a,row",
  "run1,1,2024-01-09T14:25:00.000000Z,ASK,4800.13,1,4800.00,4,4800.25,7,1,1,0",
  "run1,2,2024-01-09T14:25:00.000000Z,ASK,4800.25,-1,4800.00,4,4800.25,7,1,1,0",
  "run1,3,yesterday,ASK,4800.25,1,4800.00,4,4800.25,7,1,1,0",
  "\xff\xfe",
];

describe("an estate that runs for a while and stops", () => {
  const state = mkdtempSync(join(tmpdir(), "believe-estate-"));
  const broker = join(state, "broker");
  const openedEarly: string[] = [];
  let first: Figures;
  let second: Figures;

  beforeAll(async () => {
    const run = new StartScript([
      "--speed",
      "300",
      "--for",
      "10s",
      "--json",
      "--port",
      "0",
      "--state",
      state,
    ]);
    const url = await run.live();
    const file = readdirSync(join(state, "feed")).find((name) => name.startsWith("ticks_RGW"));
    const bad = Buffer.from(`${BAD_ROWS.join("\r\n")}\r\n`, "latin1");
    appendFileSync(join(state, "feed", file ?? ""), bad);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const opening = await (await fetch(`${url}/log/broker/open/0`)).text();
    openedEarly.push(...opening.split("\n").slice(1, -1));
    first = await run.figures();
    const again = new StartScript([
      "--speed",
      "300",
      "--for",
      "2s",
      "--json",
      "--port",
      "0",
      "--state",
      state,
    ]);
    second = await again.figures();
  });

  it("trades: decisions, orders, fills, a stop and a cancel", () => {
    expect(first.decisions).toBeGreaterThanOrEqual(100);
    expect(first.orders).toBeGreaterThanOrEqual(20);
    expect(first.fills).toBeGreaterThanOrEqual(10);
    expect(first.stops).toBeGreaterThanOrEqual(1);
    expect(first.cancels).toBeGreaterThanOrEqual(1);
    expect(first.domRows).toBeGreaterThan(0);
  });

  it("quarantines exactly the rows that were planted and reads the others", () => {
    expect(first.rowsQuarantined).toBe(BAD_ROWS.length);
    expect(first.rowsRead).toBeGreaterThan(10_000);
  });

  it("shows at the edge what the agent wrote: every record opened and checked, one tip", () => {
    for (const run of [first, second]) {
      expect(run.workerRecords).toBe(run.journalRecords);
      expect(run.workerTreeSize).toBe(run.treeSize);
      expect(run.workerTip).toBe(run.tip);
    }
  });

  it("served the journal's own bytes while it ran", () => {
    expect(openedEarly.length).toBeGreaterThan(2);
    expect(journalLines(broker).slice(0, openedEarly.length)).toEqual(openedEarly);
  });

  it("stands where its fills say", () => {
    const { lots, pnl } = recomputed(journalRecords(broker));
    expect(second.positionLots).toEqual(lots);
    expect(second.pnl).toBe(pnl);
  });

  it("went on in the second run where the first had ended", () => {
    expect(second.journalRecords).toBeGreaterThan(first.journalRecords);
    expect(second.rowsRead).toBeGreaterThan(first.rowsRead);
    expect(second.rowsQuarantined).toBe(first.rowsQuarantined);
    const starts = journalRecords(broker).filter(({ stream }) => stream === "start");
    expect(starts.map(({ body }) => ("lost" in body ? body.lost : null))).toEqual([0, 0]);
    const decided = journalRecords(broker).flatMap((record) =>
      record.stream === "decision" ? [record.body.atUs] : [],
    );
    expect(decided, "market time never goes back").toEqual([...decided].sort((a, b) => a - b));
  });

  it("brought every capture to the research agent, which acknowledged its hash", async () => {
    const names = readdirSync(join(broker, "capture")).filter((name) => name.endsWith(".jsonl"));
    expect(names.length).toBe(2);
    for (const name of names) {
      const hash = createHash("sha256")
        .update(readFileSync(join(state, "research", "replica", name)))
        .digest("hex");
      expect(readFileSync(join(broker, "capture", `${name}.ack`), "utf8").trim()).toBe(hash);
      const journaled = journalRecords(broker).some(
        (record) => record.stream === "segment" && record.body.sha256 === hash,
      );
      expect(journaled, `${name} is in the journal by its hash`).toBe(true);
    }
    const files = names.sort().map((name) => join(state, "research", "replica", name));
    expect((await replaySegments(files)).decisionTip).toBe(second.decisionTip);
  });
});
