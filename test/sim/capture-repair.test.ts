import { createHash } from "node:crypto";
import { makeFolders, replaceFile } from "@believe/host/disk";
import type { JournalLine } from "@believe/host/wal";
import { seededRng } from "@believe/shared/base";
import { parseRecord } from "@believe/shared/wire";
import { type FaultPlan, SimDisk } from "@believe/sim/disk";
import { describe, expect, it } from "vitest";
import { repairCaptures } from "../../agent-broker/src/recovery/capture-repair.ts";
import { RecoveryMarker } from "../../agent-broker/src/recovery/marker.ts";

const FOLDER = "/state/capture";
const [ONE, TWO, OPEN] = ["capture-000001.jsonl", "capture-000002.jsonl", "capture-000003.jsonl"];
/** What the journal closes, and the research door holds. */
const due = new Map([
  [ONE, "a whole segment\nof two lines\n"],
  [TWO, "another one\n"],
]);
/** What an old copy of the disk holds: a segment that was cut short, none of the second, one whose rest is gone. */
const old = new Map([
  [ONE, "a whole seg"],
  [OPEN, "rows whose rest is gone\n"],
]);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function* records(): Generator<JournalLine> {
  for (const [seq, [segment, text]] of [...due].entries()) {
    const body = { segment, first: 0, count: 1, sha256: sha256(text) };
    const salt = `${"A".repeat(22)}==`;
    const line = JSON.stringify({ v: 1, seq, stream: "segment", wallUs: 1, body, salt });
    yield { seq, line, record: parseRecord(line) };
  }
}
const nothing = { next: 0, parts: [] };
const from = {
  list: { journal: nothing, leaves: nothing, segments: [...due.keys()] },
  door: {
    async *text(name: string) {
      const text = due.get(name) ?? "";
      for (let at = 0; at < text.length; at += 16) yield text.slice(at, at + 16);
    },
  },
};

function oldDisk(): SimDisk {
  const disk = new SimDisk();
  makeFolders(disk, FOLDER);
  for (const [name, text] of old) replaceFile(`${FOLDER}/${name}`, text, disk);
  return disk;
}
const repaired = (disk: SimDisk) => repairCaptures(FOLDER, { records }, from, disk);
const textOf = (disk: SimDisk, path: string): string | null =>
  disk.exists(path) ? Buffer.from(disk.readWhole(path)).toString() : null;

/** What a power failure right after a repair that was acknowledged must leave. */
function lost(disk: SimDisk): string[] {
  const must = [
    ...[...due].map(([name, text]) => [name, text] as const),
    ...[...old].map(([name, text]) => [`${name}.behind`, text] as const),
  ];
  const gone = must.filter(([name, text]) => textOf(disk, `${FOLDER}/${name}`) !== text);
  const open = textOf(disk, `${FOLDER}/${OPEN}`) === null ? [] : [OPEN];
  return [...gone.map(([name]) => name), ...open];
}

/** Acknowledged segments that are not there: nobody would send, or fetch, them again. */
function falselyAcknowledged(disk: SimDisk): string[] {
  const isFalse = ([name, text]: readonly [string, string]) =>
    disk.exists(`${FOLDER}/${name}.ack`) && textOf(disk, `${FOLDER}/${name}`) !== text;
  return [...due].filter(isFalse).map(([name]) => `${name}.ack`);
}

/** Repairs, loses power before operation `cut`, repairs what is found to the end, and loses power once more. */
async function lostAfter(
  cut: number,
  seed: number,
  plan: FaultPlan = () => null,
): Promise<string[]> {
  const disk = oldDisk();
  const begin = disk.operations;
  disk.plan = (operation) => (operation.index === begin + cut ? "power" : plan(operation));
  await repaired(disk).catch(() => null);
  const found = disk.crash(seededRng(`${cut} ${seed}`));
  const early = falselyAcknowledged(found);
  found.plan = plan;
  await repaired(found);
  const after = found.crash(seededRng(`${seed} again`));
  return [...early, ...lost(after)];
}

async function operations(): Promise<number> {
  const disk = oldDisk();
  const begin = disk.operations;
  expect(await repaired(disk)).toEqual({ fetched: 2, lost: [] });
  expect(lost(disk)).toEqual([]);
  return disk.operations - begin;
}

describe("captures that come back from the door", () => {
  it("are there, and the old ones beside them, wherever the power goes", async () => {
    const all = await operations();
    for (let cut = 0; cut <= all; cut++) {
      for (let seed = 0; seed < 16; seed++) {
        expect({ cut, seed, lost: await lostAfter(cut, seed) }).toEqual({ cut, seed, lost: [] });
      }
    }
  });

  it("are lost if a rename is not made durable, which this test sees", async () => {
    const lie: FaultPlan = ({ kind }) => (kind === "syncFolder" ? "lie" : null);
    const found = await Promise.all(
      Array.from({ length: 20 }, (_, seed) => lostAfter(1000, seed, lie)),
    );
    expect(found.some((names) => names.length > 0)).toBe(true);
  });
});

it("the marker of a rebuild is there once it was written and gone once it was cleared", () => {
  const begun = { from: 7, leavesFrom: 3 };
  const written = new SimDisk();
  makeFolders(written, "/state");
  new RecoveryMarker("/state", written).write(begun);
  for (let seed = 0; seed < 8; seed++) {
    const disk = written.crash(seededRng(`${seed}`));
    const marker = new RecoveryMarker("/state", disk);
    expect(marker.read()).toEqual(begun);
    marker.clear();
    const after = disk.crash(seededRng(`${seed}`));
    expect(new RecoveryMarker("/state", after).read()).toBeNull();
  }
});
