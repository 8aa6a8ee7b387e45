import { createHash } from "node:crypto";
import { seededRng, timeUs, utf8 } from "@believe/shared/base";
import { SimDisk } from "@believe/sim/disk";
import { expect, test } from "vitest";
import { Capture, orphanSegment } from "../../agent-broker/src/record/capture.ts";
import { captureEnd } from "../../agent-broker/src/record/capture-end.ts";
import { Replica } from "../../agent-research/src/door/replica.ts";

const SEEDS = 60;
const FOLDER = "/state/capture";

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A segment of clock events of which the last ones were written and not synced. */
function captured(disk: SimDisk, synced: number, written: number): void {
  const capture = new Capture(FOLDER, { first: 0, closed: new Set(), disk });
  capture.open();
  for (let i = 0; i < synced + written; i++) {
    if (i === synced) capture.sync();
    capture.append({ kind: "clock", tsUs: timeUs(i) });
  }
  capture.write();
}

test("a segment that a killed process left is what the journal says of it, after any power failure", () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const disk = new SimDisk();
    captured(disk, 3, 5);
    const orphan = orphanSegment(FOLDER, new Set(), 0, disk);
    expect(orphan?.body.count).toBe(8);
    const after = disk.crash(seededRng(String(seed)));
    const held = after.readWhole(`${FOLDER}/${orphan?.body.segment}`);
    expect(sha256(held)).toBe(orphan?.body.sha256);
  }
});

test("a segment that lost power keeps its synced events, and its torn end is cut", () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const disk = new SimDisk();
    captured(disk, 4, 5);
    const after = disk.crash(seededRng(String(seed)));
    const orphan = orphanSegment(FOLDER, new Set(), 0, after);
    expect(orphan?.body.count).toBeGreaterThanOrEqual(4);
    expect(captureEnd(FOLDER, after).marketUs).toBe((orphan?.body.count ?? 0) - 1);
  }
});

test("a segment whose hash the door answered with is there after any power failure", async () => {
  const bytes = utf8("one\ntwo\n");
  for (let seed = 0; seed < SEEDS; seed++) {
    const disk = new SimDisk();
    const replica = new Replica("/research/replica", undefined, disk);
    await replica.open();
    expect(await replica.put("capture-000001.jsonl", bytes)).toBe(sha256(bytes));
    const after = disk.crash(seededRng(String(seed)));
    const again = new Replica("/research/replica", undefined, after);
    await again.open();
    expect(again.list.segments).toEqual(["capture-000001.jsonl"]);
    expect(sha256(after.readWhole("/research/replica/capture-000001.jsonl"))).toBe(sha256(bytes));
  }
});
