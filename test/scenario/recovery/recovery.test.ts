import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeSha256 } from "@believe/host/keys";
import { base64, utf8 } from "@believe/shared/base";
import { Frontier, leafHash } from "@believe/shared/wire/log";
import { parse, stringify } from "smol-toml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalLines, journalRecords } from "../journal-on-disk.ts";
import { type Stage, setStage } from "../kill/stage.ts";
import { type RunningDoor, startDoor } from "./door.ts";

const TAPE_MINUTES = 45;
const LIFE_MS_MAX = 60_000;

describe("a broker agent whose disk goes back", () => {
  const folder = mkdtempSync(join(tmpdir(), "believe-recovery-"));
  const broker = join(folder, "broker");
  const copy = join(folder, "copy");
  let stage: Stage;
  let door: RunningDoor;
  const followed: string[] = [];

  const start = (until: () => boolean, signal: "SIGTERM" | "SIGKILL" = "SIGTERM") =>
    live(stage.configFile, until, signal);
  const look = async (): Promise<void> => {
    followed.push((await stage.follower.look(Date.now() * 1000)).kind);
  };
  const served = async (): Promise<unknown> =>
    await (await fetch(`${stage.worker.url}/log/broker/state`)).json();
  const lines = (): string[] => (existsSync(join(broker, "journal")) ? journalLines(broker) : []);

  beforeAll(async () => {
    stage = await setStage(folder, TAPE_MINUTES);
    door = await startDoor(folder, stage.worker.url);
    const config = parse(readFileSync(stage.configFile, "utf8"));
    writeFileSync(
      stage.configFile,
      stringify({ ...config, door: { url: door.url, partsMs: 300 }, drainMs: 30_000 }),
    );
  });
  afterAll(async () => {
    await door.stop();
    await stage.worker.stop();
  });

  it("takes back from research and Worker what an older copy lacks, and goes on", async () => {
    await start(() => lines().length > 60, "SIGKILL");
    await look();
    cpSync(broker, copy, { recursive: true });
    const copied = lines();
    const summary = await start(
      () => lines().length >= 600 && lines().some((line) => line.includes('"stream":"clock"')),
    );
    const before = lines();
    await look();
    rmSync(broker, { recursive: true });
    cpSync(copy, broker, { recursive: true });

    const again = await start(() => lines().length > before.length + 1);
    await look();
    const records = journalRecords(broker);
    expect(lines().slice(0, before.length)).toEqual(before);
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, seq) => seq));
    expect(records[before.length]).toMatchObject({
      stream: "recovered",
      body: { from: copied.length, to: before.length, lost: 0, leavesLost: 0 },
    });
    expect(before.length).toBeGreaterThan(copied.length);
    expect(records.filter(({ stream }) => stream === "clock").length).toBeGreaterThan(0);
    expect(again["treeSize"]).toBeGreaterThan(Number(summary["treeSize"]));
    expect(await served()).toMatchObject({
      size: again["treeSize"],
      root: again["tip"],
      records: again["journalRecords"],
    });
  });

  it("left research a copy from which the journal is rebuilt byte for byte", () => {
    const out = join(folder, "rebuilt");
    const words = ["journal", "--config", door.configFile, "--out", out];
    const main = "agent-research/src/main.ts";
    const { stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ records: lines().length });
    const text = readFileSync(join(out, "journal-000000.jsonl"), "utf8");
    expect(text).toBe(`${lines().join("\n")}\n`);
  });

  it("takes everything back when nothing but its keys is left", async () => {
    const before = lines();
    const keys = join(folder, "keys");
    cpSync(join(broker, "keys"), keys, { recursive: true });
    rmSync(broker, { recursive: true });
    mkdirSync(broker);
    renameSync(keys, join(broker, "keys"));

    const again = await start(() => lines().length > before.length + 1);
    await look();
    expect(lines().slice(0, before.length)).toEqual(before);
    expect(journalRecords(broker)[before.length]).toMatchObject({
      stream: "recovered",
      body: { from: 0, to: before.length, lost: 0, leavesFrom: 0, leavesLost: 0 },
    });
    expect(await served()).toMatchObject({
      size: again["treeSize"],
      root: again["tip"],
      records: again["journalRecords"],
    });
  });

  it("takes the whole record of a paper account back from the Worker alone, which has all of it open", async () => {
    const before = lines();
    await door.stop();
    rmSync(broker, { recursive: true });
    cpSync(copy, broker, { recursive: true });
    const again = await start(() => lines().length > before.length + 1);
    await look();
    expect(lines().slice(0, before.length)).toEqual(before);
    expect(journalRecords(broker)[before.length]).toMatchObject({ stream: "recovered" });
    expect(await served()).toMatchObject({ size: again["treeSize"], root: again["tip"] });
  });

  it("never contradicted a checkpoint that it had signed before", () => {
    expect(followed).not.toContain("inconsistent");
    expect(stage.follower.state.consistent).toBe(true);
    const tree = Frontier.empty(nodeSha256);
    for (const row of readFileSync(join(broker, "log", "leaves.jsonl"), "utf8")
      .trim()
      .split("\n")) {
      tree.append(leafHash(utf8(String(JSON.parse(row).text)), nodeSha256));
    }
    expect(base64(tree.root())).toBe(stage.follower.state.root);
  });

  it("does not start on an old disk that knows of more and reaches nobody", async () => {
    await stage.worker.stop();
    const log = join(broker, "log", "leaves.jsonl");
    const [first] = readFileSync(log, "utf8").split("\n");
    writeFileSync(log, `${first}\n`);
    const failure = await live(stage.configFile, () => false, "SIGTERM").catch(String);
    expect(failure).toMatch(
      /expected at least \d+ leaves .* neither the Worker nor the research agent/,
    );
  });
});

/** One life of the real agent, from its start until `until`; resolves to its last line, rejects with what it cried. */
async function live(
  configFile: string,
  until: () => boolean,
  signal: "SIGTERM" | "SIGKILL",
): Promise<Record<string, unknown>> {
  const child = spawn(
    process.execPath,
    ["agent-broker/src/main.ts", "run", "--config", configFile],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  let cried = "";
  child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (cried += bytes.toString()));
  let isGone = false;
  const gone = once(child, "close").then((end) => {
    isGone = true;
    return end;
  });
  const late = Date.now() + LIFE_MS_MAX;
  while (!(until() && said.includes("broker.ready")) && !isGone && Date.now() < late) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const isLate = Date.now() >= late;
  if (!isGone) child.kill(signal);
  const [code] = await gone;
  if ((code !== 0 && signal !== "SIGKILL") || isLate)
    throw new Error(`ended with ${code}: ${said} ${cried}`);
  if (signal === "SIGKILL") return {};
  return JSON.parse(said.trim().split("\n").at(-1) ?? "");
}
