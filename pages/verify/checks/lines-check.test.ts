import { type Bytes, base64, utf8 } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";
import { commitmentOf, type Leaf, openingText, saltedRoot } from "@believe/shared/wire/log";
import { describe, expect, test } from "vitest";
import type { Finding } from "../protocol.ts";
import { sessionWords } from "../rails.tsx";
import { browserTools } from "./browser-tools.ts";
import { LinesCheck } from "./lines-check.ts";
import { SessionBoard } from "./session-board.ts";

const ORIGIN = "log.example.com/j/broker";
const SALT = new Uint8Array(16).fill(5);

function lineOf(seq: number, { stream, body }: Draft): string {
  return JSON.stringify({ v: 1, seq, stream, wallUs: 1, body, salt: base64(SALT) });
}

function genesis(kind: "paper" | "live"): Draft {
  const account = { kind, name: "one" };
  const feed = { name: "seeded", licensed: false };
  const keys = { journalKey: "a", statusKey: "b" };
  const body = { brand: "b", origin: ORIGIN, account, feed, instruments: [], ...keys };
  return { stream: "genesis", body };
}

const halt: Draft = { stream: "halt", body: { atUs: 1, reason: "doubt" } };

async function gzip(text: string): Promise<Bytes> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

interface Minute {
  readonly minute: string;
  readonly draft: Draft;
  readonly state: "open" | "closed" | "unopened";
}

/** Checks a log of one record a minute at a wall time; answers its findings, what was said and its sessions. */
async function check(minutes: readonly Minute[], now: string, told: "paper" | "live" = "live") {
  const files = new Map<string, string>();
  const leaves = minutes.map(({ minute, draft, state }, index): Leaf => {
    const line = lineOf(index, draft);
    const commitment = commitmentOf(utf8(line));
    const root = saltedRoot(SALT, [commitment]);
    const items = [state === "open" ? { line } : { seq: index, commitment }];
    const text = openingText({ origin: ORIGIN, leaf: index, minute, salt: SALT, items });
    const day = `open/${minute.slice(0, 10)}.jsonl.gz`;
    if (state !== "unopened") files.set(day, (files.get(day) ?? "") + text);
    return { origin: ORIGIN, index, minute, closed: "whole", root };
  });
  const findings: Finding[] = [];
  const board = new SessionBoard(leaves, []);
  const lines = new LinesCheck({
    source: {
      get: async (path) => {
        const text = files.get(path);
        return text === undefined ? null : gzip(text);
      },
    },
    tools: browserTools,
    board,
    kind: told,
    nowUs: Date.parse(now) * 1000,
    finding: (finding) => findings.push(finding),
    onLeaf: () => undefined,
  });
  await lines.run(leaves);
  return { findings, lines, sessions: board.changed() };
}

const minute = (text: string, state: Minute["state"], draft: Draft = halt): Minute => ({
  minute: text,
  draft,
  state,
});
/** Monday 5 January 2026 and the evening that belongs to Tuesday. */
const live = [
  minute("2026-01-05T15:00Z", "open", genesis("live")),
  minute("2026-01-05T15:01Z", "unopened"),
  minute("2026-01-05T15:02Z", "unopened"),
  minute("2026-01-05T23:00Z", "unopened"),
];

describe("a live account's day", () => {
  test("waits until its deadline, and is one finding from then on", async () => {
    const before = await check(live, "2026-01-07T23:29:59Z");
    expect([before.findings, before.lines.unopened, before.lines.overdue]).toEqual([[], 3, 0]);
    const { findings, lines, sessions } = await check(live, "2026-01-07T23:30:00Z");
    expect(findings).toEqual([
      {
        code: "overdue",
        place: "trade date Mon 5 Jan 2026",
        said: "2 leaves not opened, due Tue 6 Jan 2026 17:30 CT.",
      },
    ]);
    expect([lines.unopened, lines.overdue, lines.bad]).toEqual([1, 2, 0]);
    expect(lines.said).toContain("2 are overdue");
    expect(sessions.map((one) => [one.tradeDate, sessionWords(one)])).toEqual([
      ["2026-01-05", "2 overdue, not opened"],
      ["2026-01-06", "waiting, 1"],
    ]);
    expect(sessions[0]?.runs.map(({ kind }) => kind)).toEqual(["checked", "overdue"]);
  });

  test("is judged by the genesis record and not by what the page was told, and while that is closed as live", async () => {
    const late = "2026-02-01T00:00:00Z";
    const paper = [minute("2026-01-05T15:00Z", "open", genesis("paper")), ...live.slice(1)];
    expect((await check(live, late, "paper")).findings).toHaveLength(2);
    expect((await check(paper, late, "live")).findings).toEqual([]);
    const hidden = [minute("2026-01-05T15:00Z", "unopened", genesis("paper")), ...live.slice(1)];
    expect((await check(hidden, late, "paper")).findings).toHaveLength(2);
  });
});

describe("a closed record", () => {
  const closed = (kind: "paper" | "live", last: Draft) => [
    minute("2026-01-05T15:00Z", "open", genesis(kind)),
    minute("2026-01-05T15:01Z", "closed"),
    minute("2026-01-05T15:02Z", "open", last),
  ];
  const redaction: Draft = { stream: "redaction", body: { seq: 1, reason: "names a person" } };
  const now = "2026-01-05T15:03:00Z";

  test("of a paper account is a finding unless a redaction names it", async () => {
    const { findings, sessions } = await check(closed("paper", halt), now);
    expect(findings).toMatchObject([{ code: "closed", said: expect.stringContaining("#1") }]);
    expect(sessions[0]?.bad).toBe(1);
    expect((await check(closed("paper", redaction), now)).findings).toEqual([]);
  });

  test("of a live account is none", async () => {
    const { findings, lines } = await check(closed("live", halt), now);
    expect([findings, lines.closed]).toEqual([[], 1]);
  });
});
