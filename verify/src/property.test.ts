import { gunzipSync } from "node:zlib";
import { concat } from "@believe/shared/base";
import { knownKeys, type LogSource, verifyLog } from "@believe/shared/wire/log";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estateKeys, haltLine, type MinutePlan, ServedLog, vkeysOf } from "../test/served-log.ts";
import { nodeTools } from "./tools.ts";

const vkeys = vkeysOf(estateKeys(1));
const keys = knownKeys([vkeys.journal, vkeys.witness]);

function check(source: LogSource) {
  return verifyLog({ source, keys, tools: nodeTools });
}

interface Drawn {
  readonly count: number;
  readonly after: number;
  readonly cut: boolean;
  readonly opened: boolean;
  readonly secret: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  count: fc.nat(5),
  after: fc.integer({ min: 0, max: 1600 }),
  cut: fc.boolean(),
  opened: fc.boolean(),
  secret: fc.nat(7),
});

/** A log that an honest agent may write, whatever was drawn. */
function plansOf(minutes: readonly Drawn[]): MinutePlan[] {
  let seq = 0;
  return minutes.map(({ count, after, cut, opened, secret }, i) => ({
    lines: Array.from({ length: count }, () => haltLine(seq++)),
    after: minutes[i - 1]?.cut === true ? after : Math.max(1, after),
    closed: cut ? "cut" : "whole",
    opened,
    secret: secret < count ? [secret] : [],
  }));
}

describe("any honest log", { timeout: 60_000 }, () => {
  it("verifies, with every record that it opens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(drawn, { minLength: 1, maxLength: 40 }), async (minutes) => {
        const log = await ServedLog.of(plansOf(minutes));
        const outcome = await check(log);
        expect(outcome.kind === "tampered" ? outcome : outcome.kind).toBe("verified");
        if (outcome.kind !== "verified") return;
        const opened = minutes.filter((minute) => minute.opened);
        const secrets = opened.filter(({ secret, count }) => secret < count).length;
        const records = opened.reduce((sum, { count }) => sum + count, 0) - secrets;
        expect(outcome.report.opened).toMatchObject({
          leaves: opened.length,
          records,
          closed: secrets,
        });
        const gaps = minutes.slice(1).filter(({ after }) => after > 1).length;
        expect(outcome.report.rebuilt.order.gaps).toHaveLength(gaps);
      }),
      { numRuns: 40 },
    );
  });

  it("verifies at 0, 255, 256, 257 and 513 leaves", async () => {
    for (const size of [0, 255, 256, 257, 513]) {
      const log = await ServedLog.of(Array.from({ length: size }, () => ({ lines: [] })));
      expect((await check(log)).kind).toBe("verified");
    }
  });
});

/** Bytes of a gzip file that say nothing of its content (time, system, padding bits): the content stays the same. */
function isSameContent(path: string, before: Uint8Array, after: Uint8Array): boolean {
  if (!path.endsWith(".gz")) return false;
  try {
    return gunzipSync(before).equals(gunzipSync(after));
  } catch {
    return false;
  }
}

describe("one flipped byte", { timeout: 60_000 }, () => {
  it("in any file of a log is refused, but for what gzip itself ignores", async () => {
    const seqs = Array.from({ length: 300 }, (_, i) => ({
      lines: i < 40 ? [haltLine(2 * i), haltLine(2 * i + 1)] : [],
      opened: i < 60,
      secret: i % 5 === 0 && i < 40 ? [1] : [],
    }));
    const log = await ServedLog.of(seqs);
    const paths = [...log.files.keys()].filter((path) => !/^open\/(?:[3-9]\d|[1-9])$/.test(path));
    const one = fc.tuple(
      fc.constantFrom(...paths),
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(one, async ([path, place, mask]) => {
        const before = log.files.get(path) ?? new Uint8Array(0);
        const after = concat(before);
        const at = place % before.length;
        after[at] = (after[at] ?? 0) ^ mask;
        const outcome = await check({
          get: async (asked) => (asked === path ? after : log.get(asked)),
        });
        const passed = outcome.kind !== "tampered" && !isSameContent(path, before, after);
        expect(passed ? `${path} byte ${at} ^ ${mask}` : "refused").toBe("refused");
      }),
      { numRuns: 250 },
    );
  });

  it("anywhere in the checkpoint, the summary, the vkey or an opening is refused", async () => {
    const log = await ServedLog.of([
      { lines: [haltLine(0), haltLine(1)], secret: [0] },
      { lines: [haltLine(2)] },
    ]);
    const accepted: string[] = [];
    for (const path of ["checkpoint", "state", "vkey", "open/0", "tile/entries/000.p/2"]) {
      const before = log.files.get(path) ?? new Uint8Array(0);
      for (let at = 0; at < before.length; at++) {
        const after = concat(before);
        after[at] = (after[at] ?? 0) ^ (1 << (at % 7));
        const get = async (asked: string) => (asked === path ? after : log.get(asked));
        if ((await check({ get })).kind !== "tampered") accepted.push(`${path} byte ${at}`);
      }
    }
    expect(accepted).toEqual([]);
  });
});
