import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BrokerAgent, type BrokerConfig } from "@believe/agent-broker";
import { MINUTE_US, type TimeUs, timeUs } from "@believe/shared/base";
import { opensAtUs } from "@believe/shared/market";
import { limits } from "@believe/shared/risk";
import { parseRecord } from "@believe/shared/wire";
import { stringify } from "smol-toml";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RequestFolder } from "../../../agent-broker/src/requests/request-folder.ts";
import { journalLines } from "../journal-on-disk.ts";
import { type PlayingFeed, playFeed } from "../kill/playing-feed.ts";
import { ListeningWorker } from "./listening-worker.ts";

const execute = promisify(execFile);
const TAPE_SPEED = 600;
const TAPE_MINUTES = 200;
const DUE = opensAtUs("2024-01-09");
const TELLING = /"(?:side|qty|lots|price|averagePrice|stop|close|stream|net|realised)":/;

describe("a live account on a seeded feed", () => {
  const folder = mkdtempSync(join(tmpdir(), "believe-embargo-"));
  const worker = new ListeningWorker();
  let url: string;
  let feed: PlayingFeed;

  const config = (clock: Omit<Extract<BrokerConfig["clock"], { kind: "tape" }>, "kind" | "seed">) =>
    ({
      state: join(folder, "broker"),
      brand: "example",
      origin: "log.example/j/broker",
      account: { kind: "live", name: "live-1" },
      feed: {
        folder: join(folder, "feed"),
        symbol: "MESH4",
        name: "seeded",
        seeded: true,
        licensed: false,
        pollMs: 10,
        staleAfterMs: 5_000,
      },
      clock: { kind: "tape", seed: "kill", ...clock },
      worker: { url },
      witnesses: [],
      push: { statusMs: 100, pendingMs: 50, leavesPerSecond: 1e6 },
      strategy: { name: "sma-cross" },
      trade: { provider: "paper" },
      risk: { limits: limits.parse({}) },
      console: { port: 0 },
      disk: { freeBytesMin: 0 },
      drainMs: 10_000,
    }) satisfies BrokerConfig;
  const records = () => journalLines(join(folder, "broker")).map((line) => parseRecord(line));

  /** The record that a person wants closed: the first clean stop. */
  const redacted = () => records().find(({ stream }) => stream === "stop");

  /** The agent from a moment of the market on, without a row, until `until` holds. */
  const quietRun = async (
    fromUs: TimeUs,
    until: () => boolean,
    meanwhile: () => Promise<unknown> = async () => undefined,
  ): Promise<void> => {
    const clock = { tapeStartUs: fromUs, wallStartUs: Date.now() * 1000, speed: 120 };
    const agent = await BrokerAgent.open(config(clock));
    await agent.start();
    await meanwhile();
    await vi.waitUntil(until, { timeout: 60_000 });
    await agent.stop("asked");
  };
  /** Every body so far that tells of trading, by what is in it and by the salts of the journal's lines. */
  const telling = (): string[] => {
    const salts = new Set(records().map(({ salt }) => salt));
    return worker.heard
      .filter(({ body }) => {
        const words = body.match(/[A-Za-z0-9+/]{22}==/g) ?? [];
        return TELLING.test(body) || words.some((word) => salts.has(word));
      })
      .map(({ method, path, body }) => `${method} ${path} ${body.slice(0, 400)}`);
  };

  beforeAll(async () => {
    url = await worker.listen();
    mkdirSync(join(folder, "feed"));
    feed = playFeed(join(folder, "feed"), TAPE_MINUTES, TAPE_SPEED);
    const wallStartUs = Math.floor(feed.startWallUs);
    const agent = await BrokerAgent.open(
      config({ tapeStartUs: feed.startUs, wallStartUs, speed: TAPE_SPEED }),
    );
    await agent.start();
    // A live account takes no entry on a trade date that nobody armed.
    const arm = { kind: "arm", tradeDate: "2024-01-09", by: "cli", reason: "the day" } as const;
    const asked = { kind: "command", body: arm } as const;
    await new RequestFolder(join(folder, "broker")).ask(asked, 10_000);
    const traded = (): boolean => records().some(({ stream }) => stream === "trade");
    await vi.waitUntil(traded, { timeout: 90_000 });
    feed.stop();
    await agent.stop("asked");
  }, 120_000);
  afterAll(() => worker.close());

  it("trades, covers every minute, and tells nobody of it on the day", () => {
    const streams = new Set(records().map(({ stream }) => stream));
    for (const stream of ["intent", "order", "execution", "fill", "position", "trade"] as const) {
      expect(streams).toContain(stream);
    }
    expect(worker.covered).toBeGreaterThan(2);
    expect(worker.heard.length).toBeGreaterThan(worker.covered);
    expect(worker.openings).toEqual([]);
    expect(telling()).toEqual([]);
    expect(worker.document("/status/broker")).toMatchObject({
      positions: null,
      decisionTip: null,
      venue: { resting: null },
      log: { records: null },
    });
    expect(worker.heard.filter(({ path }) => /pending|figures/.test(path))).toEqual([]);
  });

  it("keeps a line closed for good when the agent that runs is asked to, and no unknown one", async () => {
    const { push, risk: _limits, ...rest } = config({ tapeStartUs: 0, wallStartUs: 0, speed: 1 });
    const file = join(folder, "broker.toml");
    writeFileSync(file, stringify({ ...rest, push: { statusMs: push.statusMs } }));
    const cli = async (seq: string): Promise<string> => {
      const words = ["redact", "--config", file, "--seq", seq, "--reason", "names a person"];
      const { stdout } = await execute(process.execPath, ["agent-broker/src/main.ts", ...words]);
      return stdout;
    };
    const from = timeUs(DUE - 30 * MINUTE_US);
    await quietRun(
      from,
      () => true,
      async () => {
        expect(await cli(String(redacted()?.seq))).toContain("is redacted by record");
        await expect(cli("999999")).rejects.toThrow("no such record");
      },
    );
    expect(records().map(({ stream }) => stream)).toContain("redaction");
  });

  it("tells nothing either just before the opening time of the next trade date", async () => {
    const { covered } = worker;
    await quietRun(timeUs(DUE - 10 * MINUTE_US), () => worker.covered >= covered + 2);
    expect(worker.openings).toEqual([]);
    expect(telling()).toEqual([]);
  });

  it("opens the day once the market clock has passed it, without the decisions", async () => {
    const figures = (): boolean => worker.heard.some(({ path }) => path === "/figures/broker");
    await quietRun(timeUs(DUE - MINUTE_US), figures);
    const opened = worker.openings
      .flatMap(({ body }) => body.split("\n"))
      .filter((line) => line.includes('"stream":'))
      .map((line) => parseRecord(line));
    const trades = records().filter(({ stream }) => stream === "trade");
    expect(opened.filter(({ stream }) => stream === "trade")).toEqual(trades);
    expect(opened.map(({ stream }) => stream)).toContain("fill");
    expect(opened.map(({ stream }) => stream)).not.toContain("decision");
    expect(opened.map(({ seq }) => seq)).not.toContain(redacted()?.seq);
    expect(worker.heard.some(({ body }) => body.includes(redacted()?.salt ?? ""))).toBe(false);
    expect(worker.document("/figures/broker")).toMatchObject({ trades: trades.length });
    expect(worker.openings.length).toBeLessThan(worker.covered);
  });
});
