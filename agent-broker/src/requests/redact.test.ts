import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeSha256 } from "@believe/host/keys";
import { OpeningQueue } from "@believe/host/push";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { MINUTE_US, parseIsoUs, type TimeUs, timeUs } from "@believe/shared/base";
import { opensAtUs } from "@believe/shared/market";
import type { Draft } from "@believe/shared/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { opens } from "../opening-records.ts";
import { reachedOf } from "./reached.ts";
import { redact } from "./redact.ts";

const T0 = parseIsoUs("2024-01-09T14:20:00Z");
const stop: Draft = { stream: "stop", body: { reason: "asked" } };
const decision: Draft = {
  stream: "decision",
  body: {
    strategy: "s",
    symbol: "MESH4",
    atUs: 1,
    verdict: "pass",
    side: null,
    close: null,
    reasons: [],
  },
};

let wal: Wal;
let spool: Spool;
const write = (draft: Draft): void => {
  const { seq, line } = wal.append(draft);
  wal.sync();
  spool.add(seq, line);
};
beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), "redact-"));
  wal = Wal.open({ folder: join(home, "journal"), wallUs: () => timeUs(1) });
  const origin = "log.example/j/broker";
  spool = Spool.open({ folder: join(home, "log"), origin, sha256: nodeSha256, wal });
  spool.advance(T0);
  for (const draft of [stop, decision, stop]) write(draft);
  spool.advance(timeUs(T0 + MINUTE_US));
});
afterEach(() => {
  spool.close();
  wal.close();
});

const asked = async (seq: number, at: { kind?: "live" | "paper"; reachedUs?: TimeUs } = {}) => {
  const { kind = "live", reachedUs = timeUs(T0) } = at;
  const queue = new OpeningQueue({ spool, wal, opens: opens(kind) });
  const body = { seq, reason: "names a person" };
  return await redact(body, { wal, queue, reachedUs: () => reachedUs, journal: write });
};

describe("a redaction", () => {
  it("is journaled once, however often it is asked", async () => {
    expect(await asked(2)).toMatchObject({
      kind: "done",
      said: "record 2 is redacted by record 3",
    });
    spool.advance(timeUs(T0 + 2 * MINUTE_US));
    expect(await asked(2)).toMatchObject({
      kind: "done",
      said: "record 2 is redacted by record 3",
    });
    expect([...wal.records(3)].map(({ record }) => record)).toMatchObject([
      { stream: "redaction", body: { seq: 2, reason: "names a person" } },
    ]);
  });

  it.each([
    ["a record that does not exist", 9, {}, "no such record"],
    ["a record of a paper account", 2, { kind: "paper" as const }, "its salt is public"],
    ["a record that is open", 2, { reachedUs: opensAtUs("2024-01-09") }, "its salt is public"],
    ["a decision", 1, {}, "it never opens anyway"],
  ])("of %s is refused and journals nothing", async (_, seq, at, says) => {
    const said = await asked(seq, at);
    expect(said.kind).toBe("refused");
    expect(said.said).toContain(says);
    expect(wal.nextSeq).toBe(3);
  });

  it("may still be had a moment before the opening, and never of another redaction", async () => {
    const before = timeUs(opensAtUs("2024-01-09") - 1);
    expect((await asked(0, { reachedUs: before })).kind).toBe("done");
    expect((await asked(3, { reachedUs: before })).said).toContain("could not be read without it");
  });
});

it("what the wall has reached counts for a market of today, not for a played tape", () => {
  const logUs = opensAtUs("2024-01-05");
  const wallUs = timeUs(opensAtUs("2024-01-09") + MINUTE_US);
  const tape = { tapeStartUs: 0, wallStartUs: 0, speed: 1, seed: "x" };
  expect(reachedOf({ clock: { kind: "tape", ...tape } }, logUs, wallUs)).toBe(logUs);
  expect(reachedOf({ clock: { kind: "receipt" } }, logUs, wallUs)).toBe(opensAtUs("2024-01-09"));
});
