import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaySegments } from "@believe/agent-research/replay";
import { decodeEvent } from "@believe/shared/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalLines, journalRecords, recomputed } from "../journal-on-disk.ts";
import { KILLS, type KillPlan } from "./kill-plan.ts";
import { type Stage, setStage } from "./stage.ts";

const TAPE_MINUTES = 200;
const LIFE_MS_MAX = 90_000;

interface Death {
  readonly plan: KillPlan;
  /** Lines on the disk when it died. */
  readonly lines: readonly string[];
  readonly inFlight: boolean;
  readonly held: boolean;
}

describe("a broker agent that is killed twenty times", () => {
  const folder = mkdtempSync(join(tmpdir(), "believe-kill-"));
  const broker = join(folder, "broker");
  const deaths: Death[] = [];
  const followed: string[] = [];
  let stage: Stage;
  let feedRows: number;
  let summary: Record<string, unknown>;

  const live = async (plan: KillPlan | null): Promise<string> => {
    const args = ["test/scenario/kill/broker-to-kill.ts", stage.configFile];
    const child = spawn(process.execPath, plan === null ? args : [...args, JSON.stringify(plan)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let cried = "";
    child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (cried += bytes.toString()));
    const gone = once(child, "close");
    const late = setTimeout(() => child.kill("SIGABRT"), LIFE_MS_MAX);
    if (plan === null) {
      await readToTheEnd(broker, feedRows);
      child.kill("SIGTERM");
    }
    const [code, signal] = await gone;
    clearTimeout(late);
    if (plan === null) expect(code, cried).toBe(0);
    else expect(signal, `${JSON.stringify(plan)} was never reached: ${cried}`).toBe("SIGKILL");
    return said;
  };

  beforeAll(async () => {
    stage = await setStage(folder, TAPE_MINUTES);
    for (const plan of KILLS) {
      await live(plan);
      deaths.push({ plan, lines: journalLines(broker), ...standing(broker) });
      followed.push((await stage.follower.look(Date.now() * 1000)).kind);
    }
    stage.feed.stop();
    feedRows = await stage.feed.ended;
    summary = JSON.parse((await live(null)).trim().split("\n").at(-1) ?? "");
    followed.push((await stage.follower.look(Date.now() * 1000)).kind);
    expect(stage.follower.state.root, "the follower rebuilt the tip from the entries").toBe(
      summary["tip"],
    );
  });
  afterAll(async () => {
    stage.feed.stop();
    await stage.worker.stop();
  });

  it("died at twenty distinct places, five and more of them with an order in flight, five with a position", () => {
    expect(new Set(deaths.map(({ lines }) => lines.length)).size).toBe(20);
    expect(deaths.filter(({ inFlight }) => inFlight).length).toBeGreaterThanOrEqual(5);
    expect(deaths.filter(({ held }) => held).length).toBeGreaterThanOrEqual(5);
  });

  it("lost no line: what lay on the disk at each death is how the journal begins", () => {
    const lines = journalLines(broker);
    for (const death of deaths) {
      expect(lines.slice(0, death.lines.length)).toEqual(death.lines);
    }
    expect(journalRecords(broker).map(({ seq }) => seq)).toEqual(lines.map((_, seq) => seq));
  });

  it("doubled nothing: every intent, order and execution has one number and one end", () => {
    const records = journalRecords(broker);
    const ids = (stream: string, key: string): string[] =>
      records
        .filter((record) => record.stream === stream)
        .map((record) => String(Object.entries(record.body).find(([name]) => name === key)?.[1]));
    for (const [stream, key] of [
      ["intent", "intent"],
      ["execution", "exec"],
      ["fill", "exec"],
      ["trade", "trade"],
    ] as const) {
      const found = ids(stream, key);
      expect(new Set(found).size, `${stream} by ${key}`).toBe(found.length);
    }
    expect(ids("fill", "exec")).toEqual(ids("execution", "exec"));
    const asked = records.flatMap((record) =>
      record.stream === "intent" && ["enter", "protect", "exit"].includes(record.body.action)
        ? [record.body.order]
        : [],
    );
    expect(new Set(asked).size, "no order was asked for twice").toBe(asked.length);
  });

  it("never acknowledged an order that a crash had kept from being sent", () => {
    const ends = new Map<string, string[]>();
    for (const { stream, body } of journalRecords(broker)) {
      if (stream === "order") ends.set(body.intent, [...(ends.get(body.intent) ?? []), body.state]);
    }
    const expired = [...ends.values()].filter((states) => states.includes("expired"));
    expect(expired.length).toBeGreaterThanOrEqual(3);
    for (const states of expired) expect(states).toEqual(["expired"]);
  });

  it("captured every row of the feed once, whatever was read twice", () => {
    const seen = new Map<string, number>();
    for (const name of segments(broker)) {
      for (const line of readFileSync(name, "utf8").split("\n").slice(0, -1)) {
        const event = decodeEvent(line);
        if (event.kind !== "trade" && event.kind !== "quote") continue;
        seen.set(`${event.source.seq}`, (seen.get(`${event.source.seq}`) ?? 0) + 1);
      }
    }
    expect(seen.size).toBe(feedRows);
    expect([...seen.values()].every((count) => count === 1)).toBe(true);
  });

  it("gives every segment alone the decisions that the journal holds", async () => {
    const replayed = await replaySegments(segments(broker));
    expect(replayed.decisionTip).toBe(summary["decisionTip"]);
  });

  it("grew one consistent log, every line of which the Worker checked", async () => {
    expect(followed).not.toContain("inconsistent");
    const state = await (await fetch(`${stage.worker.url}/log/broker/state`)).json();
    expect(state).toMatchObject({
      size: summary["treeSize"],
      root: summary["tip"],
      records: summary["journalRecords"],
    });
  });

  it("stands where the fills say", () => {
    const { lots, pnl } = recomputed(journalRecords(broker));
    expect(summary["positionLots"]).toEqual(lots);
    expect(summary["pnl"]).toBe(pnl);
  });
});

function segments(broker: string): string[] {
  return readdirSync(join(broker, "capture"))
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => join(broker, "capture", name));
}

/** What the journal of a dead agent says of its orders and its position. */
function standing(broker: string): { inFlight: boolean; held: boolean } {
  const waiting = new Set<string>();
  let lots = 0;
  for (const { stream, body } of journalRecords(broker)) {
    if (stream === "intent") waiting.add(body.intent);
    if (stream === "order") waiting.delete(body.intent);
    if (stream === "position") lots = body.lots;
  }
  return { inFlight: waiting.size > 0, held: lots !== 0 };
}

/** Waits until the newest segment has stopped growing: the last row of the feed is in it. */
async function readToTheEnd(broker: string, rows: number): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    const newest = segments(broker).at(-1);
    if (newest && readFileSync(newest, "utf8").includes(`"seq":${rows}}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`expected row ${rows} of the feed to be captured within a minute`);
}
