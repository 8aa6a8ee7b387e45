import { nodeSha256 } from "@believe/host/keys";
import { encodeLeafRow, Spool, SpoolFailure } from "@believe/host/spool";
import { Wal, WalFailure } from "@believe/host/wal";
import { MINUTE_US, seededRng, timeUs } from "@believe/shared/base";
import { type Fault, type Operation, SimDisk, type Tear } from "@believe/sim/disk";
import { describe, expect, test } from "vitest";

const T0 = Date.UTC(2024, 0, 9, 14, 20) * 1000;
const SEEDS = 40;

function openWal(disk: SimDisk, boot: number): Wal {
  return Wal.open({
    folder: "/state/journal",
    wallUs: () => timeUs(T0),
    fileBytesMax: 4_000,
    disk,
    processes: {
      self: 1,
      startOf: () => `boot-${boot}:1`,
      isRunning: () => true,
      nowMs: () => 0,
      bootedAtMs: () => 0,
    },
  });
}

function openSpool(disk: SimDisk, wal: Wal): Spool {
  const origin = "log.example/j/broker";
  return Spool.open({ folder: "/state/log", origin, sha256: nodeSha256, wal, disk });
}

function failureOf(act: () => void): Error {
  try {
    act();
  } catch (failure) {
    if (failure instanceof Error) return failure;
  }
  throw new Error("expected a failure, was none");
}

/** Appends groups until something fails, and gives what was acknowledged before, and the failure. */
function appendUntilFailure(wal: Wal, size: number): { lines: string[]; failure: Error } {
  const lines: string[] = [];
  const failure = failureOf(() => {
    for (let i = 0; i < 1_000; i++) {
      const group = Array.from({ length: size }, (_, n) =>
        wal.append({ stream: "stop", body: { reason: `g${i}-${n}` } }),
      );
      wal.sync();
      lines.push(...group.map(({ line }) => line));
    }
  });
  return { lines, failure };
}

/** Fails every operation of these kinds from the n-th one on. */
function from(
  n: number,
  kinds: readonly string[],
  fault: Fault,
): (operation: Operation) => Fault | null {
  let seen = 0;
  return ({ kind }) => (kinds.includes(kind) && seen++ >= n ? fault : null);
}

describe("a disk that is full or fails under the journal", () => {
  test.each([
    ["is full", ["write"], "ENOSPC", "no space left on device"],
    ["has no room for another file", ["open"], "ENOSPC", "no space left on device"],
    ["fails a write", ["write"], "EIO", "i/o error"],
    ["fails a sync and drops what was not down", ["datasync"], "EIO", "i/o error"],
  ] as const)("%s: halts with its name, and reopens whole", (_, kinds, fault, says) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const disk = new SimDisk();
      const wal = openWal(disk, 0);
      disk.plan = from(seed % 12, kinds, fault);
      const { lines, failure } = appendUntilFailure(wal, 1 + (seed % 5));
      expect(failure).toBeInstanceOf(WalFailure);
      expect(failure.message).toMatch(
        new RegExp(
          `^expected the disk to take the journal in /state/journal, was ${fault}: ${says}`,
        ),
      );
      // Room again, or a disk that syncs again, is not taken for an answer: only a new start looks at what is there.
      disk.plan = () => null;
      expect(
        failureOf(() => wal.append({ stream: "stop", body: { reason: "more" } })).message,
      ).toBe("expected an open journal in /state/journal, was broken");
      const after = disk.crash(seededRng(String(seed)));
      const again = openWal(after, 1);
      const found = [...again.records()].map(({ line }) => line);
      expect(found.slice(0, lines.length)).toEqual(lines);
      expect(again.append({ stream: "stop", body: { reason: "next" } }).seq).toBe(found.length);
      again.close();
    }
  });

  test.each(["ENOSPC", "EIO"] as const)(
    "a leaf that met %s is not offered, and nothing is sealed behind it until a new start",
    (fault) => {
      for (let seed = 0; seed < SEEDS; seed++) {
        const disk = new SimDisk();
        const wal = openWal(disk, 0);
        const spool = openSpool(disk, wal);
        let offered = 0;
        spool.onSealed(() => {
          offered = spool.size;
        });
        spool.advance(timeUs(T0));
        spool.advance(timeUs(T0 + (1 + (seed % 3)) * MINUTE_US));
        const rows = [...spool.leaves()].map(encodeLeafRow);
        disk.plan = from(0, [fault === "EIO" ? "datasync" : "write"], fault);
        const failure = failureOf(() => spool.advance(timeUs(T0 + 9 * MINUTE_US)));
        expect(failure).toBeInstanceOf(SpoolFailure);
        expect(failure.message).toContain(`was ${fault}: `);
        disk.plan = () => null;
        expect(() => spool.advance(timeUs(T0 + 9 * MINUTE_US))).toThrow("refused some before");
        expect(offered).toBe(rows.length);
        const after = disk.crash(seededRng(String(seed)));
        const again = openSpool(after, openWal(after, 1));
        expect([...again.leaves(0, rows.length)].map(encodeLeafRow)).toEqual(rows);
      }
    },
  );
});

test("a device that writes the sectors of one group in any order costs no acknowledged line", () => {
  const tear: Tear = "sectors";
  const outcomes = { opened: 0, refused: 0 };
  for (let seed = 0; seed < 200; seed++) {
    const disk = new SimDisk();
    const wal = openWal(disk, 0);
    disk.plan = from(seed % 7, ["datasync"], "power");
    const { lines } = appendUntilFailure(wal, 6);
    const after = disk.crash(seededRng(String(seed)), tear);
    try {
      const again = openWal(after, 1);
      const found = [...again.records()].map(({ line }) => line);
      expect(found.slice(0, lines.length)).toEqual(lines);
      outcomes.opened++;
    } catch (failure) {
      // A hole between whole lines is for a person: nothing is guessed and nothing is cut.
      expect(failure).toMatchObject({ code: "corrupt" });
      outcomes.refused++;
    }
  }
  expect(outcomes.opened).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});
