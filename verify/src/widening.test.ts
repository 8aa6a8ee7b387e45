import { knownKeys, type VerifyOutcome, verifyLog } from "@believe/shared/wire/log";
import { describe, expect, it } from "vitest";
import { estateKeys, haltLine, type MinutePlan, ServedLog, vkeysOf } from "../test/served-log.ts";
import { nodeTools } from "./tools.ts";

/** Four minutes of three halts; the numbered records stay commitments. */
const plans = (secret: readonly number[]): MinutePlan[] =>
  Array.from({ length: 4 }, (_, leaf) => ({
    lines: [0, 1, 2].map((i) => haltLine(3 * leaf + i)),
    secret: leaf === 2 ? secret : [],
  }));
const DAY = "open/2024-01-09.jsonl.gz";
const { journal, witness } = vkeysOf(estateKeys(1));

/** Verifies a log whose files become those of the next one right after one of them was read. */
async function whileRead(
  served: readonly ServedLog[],
  after: readonly string[],
): Promise<VerifyOutcome> {
  const files = new Map(served[0]?.files);
  let at = 0;
  const get = async (path: string) => {
    const bytes = files.get(path) ?? null;
    if (path !== after[at]) return bytes;
    at += 1;
    for (const [name, changed] of served[at]?.files ?? []) files.set(name, changed);
    return bytes;
  };
  const keys = knownKeys([journal, witness]);
  return verifyLog({ source: { get }, keys, tools: nodeTools });
}

describe("a log of which a leaf is opened wider while it is read", () => {
  it("holds, with what the day file shows", async () => {
    const [narrow, wide, whole] = await Promise.all(
      [[0, 1], [1], []].map((secret) => ServedLog.of(plans(secret))),
    );
    if (narrow === undefined || wide === undefined || whole === undefined)
      throw new Error("no logs");
    for (const [served, after, records] of [
      [[narrow, wide], ["open/2"], 11],
      [[narrow, whole], ["open/3"], 12],
      [[narrow, wide], [DAY], 10],
      [[narrow, wide, whole], ["open/2", DAY], 11],
      [[narrow, whole], ["open/1"], 12],
    ] as const) {
      const outcome = await whileRead(served, after);
      const opened = outcome.kind === "verified" ? outcome.report.opened : outcome;
      expect([after, opened]).toMatchObject([after, { records, closed: 12 - records }]);
    }
  });

  it("does not when the leaf alone shows less than its day, or the day less than it did", async () => {
    const [narrow, whole] = await Promise.all(
      [[0, 1], []].map((secret) => ServedLog.of(plans(secret))),
    );
    if (narrow === undefined || whole === undefined) throw new Error("no logs");
    const served = (alone: ServedLog, day: ServedLog): ServedLog => {
      const log = day.copy();
      const bytes = alone.files.get("open/2");
      if (bytes !== undefined) log.files.set("open/2", bytes);
      return log;
    };
    expect(await whileRead([served(narrow, whole)], [])).toMatchObject({
      kind: "tampered",
      place: expect.stringMatching(/^open\/2 /),
      message: expect.stringContaining("was less"),
    });
    expect(await whileRead([served(whole, narrow)], [])).toMatchObject({
      kind: "tampered",
      place: expect.stringMatching(/jsonl.gz leaf 2 .* seq 6$/),
    });
  });
});
