import { afterAll, describe, expect, it } from "vitest";
import { genesisLine, redactionLine } from "../test/account-lines.ts";
import { keysText, type Run, runVerifyAt, ScratchFolder } from "../test/estate-on-disk.ts";
import { haltLine, type MinutePlan, ServedLog } from "../test/served-log.ts";

const scratch = new ScratchFolder();
afterAll(() => scratch.remove());

/** 17:30 Chicago time on 12 January 2024: a day after the first trade date of these logs, the 10th, was due. */
const OVERDUE_MS = Date.UTC(2024, 0, 12, 23, 30);

/** A log that begins at 17:30 Chicago time on 9 January: five minutes, of which those from `opened` on are not open. */
function plansOf(first: string, opened: number): MinutePlan[] {
  return Array.from({ length: 5 }, (_, i) => ({
    lines: [i === 0 ? first : haltLine(i)],
    opened: i < opened,
  }));
}

async function check(
  plans: readonly MinutePlan[],
  nowMs: number,
  ...more: readonly string[]
): Promise<Run> {
  const folder = scratch.mirror(await ServedLog.of(plans));
  return runVerifyAt(nowMs, folder, "--keys", scratch.file("public.txt", keysText()), ...more);
}

describe("a live account's trade date", () => {
  const live = plansOf(genesisLine("live"), 2);
  const row = "OVERDUE 2024-01-10: 3 leaves not opened, due 2024-01-11T17:30 CT";

  it("that was not opened is told from its deadline on, and the run ends with 1", async () => {
    const before = await check(live, OVERDUE_MS - 1);
    expect([before.code, before.last]).toEqual([0, expect.stringMatching(/^OK 5 leaves/)]);
    const after = await check(live, OVERDUE_MS);
    expect([after.code, after.last]).toEqual([1, row]);
    expect(after.out.join("\n")).not.toMatch(/^OK/m);
    expect(after.out.join("\n")).toContain("account     live");
  });

  it("may be allowed to be late: then it is told only", async () => {
    const run = await check(live, OVERDUE_MS, "--allow-overdue");
    expect([run.code, run.out.at(-2), run.last]).toEqual([0, row, expect.stringMatching(/^OK /)]);
  });

  it("has a row of its own for each date, in the words of the calendar", async () => {
    const dates = [...live, { lines: [haltLine(5)], after: 24 * 60 * 3, opened: false }];
    const run = await check(dates, Date.UTC(2024, 0, 31));
    // Friday's evening session belongs to the 16th: the 15th is a holiday with a session of its own.
    expect(run.out.filter((line) => line.startsWith("OVERDUE"))).toHaveLength(2);
    expect(run.last).toMatch(/^OVERDUE 2024-01-1\d: 1 leaf not opened, due 2024-01-1\dT17:30 CT$/);
  });

  it("is none of an account that opened all, or of a paper account", async () => {
    expect((await check(plansOf(genesisLine("live"), 5), OVERDUE_MS)).code).toBe(0);
    expect((await check(plansOf(genesisLine("paper"), 2), OVERDUE_MS)).code).toBe(0);
  });

  it("is overdue too where the record that says what account it is was not opened", async () => {
    const run = await check(plansOf(genesisLine("paper"), 0), OVERDUE_MS);
    expect([run.code, run.last]).toEqual([1, row.replace("3 leaves", "5 leaves")]);
    expect(run.out.join("\n")).toContain("held to be live");
  });
});

describe("a closed record in an opened leaf", () => {
  const plans = (kind: "paper" | "live", last: string): MinutePlan[] => [
    { lines: [genesisLine(kind), haltLine(1), haltLine(2)], secret: [1] },
    { lines: [last] },
  ];

  it("of a paper account is a finding that names it", async () => {
    const run = await check(plans("paper", haltLine(3)), OVERDUE_MS);
    expect([run.code, run.last]).toEqual([
      1,
      expect.stringMatching(/^TAMPERED open\/0 \(2024-01-09T23:30Z\) seq 1: expected every record/),
    ]);
  });

  it("is explained by an opened redaction of it, and of no other", async () => {
    const run = await check(plans("paper", redactionLine(3, 1)), OVERDUE_MS);
    expect([run.code, run.last]).toEqual([0, expect.stringMatching(/^OK 2 leaves, 3 records/)]);
    expect(run.out.join("\n")).toContain("1 records of opened leaves stay commitments, 1 named");
    expect((await check(plans("paper", redactionLine(3, 2)), OVERDUE_MS)).code).toBe(1);
  });

  it("of a live account is counted for its day", async () => {
    const run = await check(plans("live", haltLine(3)), OVERDUE_MS);
    expect(run.code).toBe(0);
    expect(run.out.map((line) => line.trim())).toContain("1 on 2024-01-09");
  });
});
