import { spawn } from "node:child_process";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseIsoUs, timeUs } from "@believe/shared/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileTape, type LineRow, seededTape, type Tape, type TapeRow } from "../tape/index.ts";
import { DOM_COLUMNS, TICK_COLUMNS } from "./layout.ts";
import { SierraStudy } from "./study.ts";
import { StudyFailure } from "./study-folder.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-study-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const START = parseIsoUs("2024-01-09T14:20:00Z");

/** The first rows of the seeded tape as a tape of its own. */
function short(rows: number): Tape {
  const tape = seededTape({ seed: "believe" });
  return {
    ...tape,
    *rows() {
      let left = rows;
      for (const row of tape.rows())
        if (left-- > 0) yield row;
        else return;
    },
  };
}

function linesOf(name: string): string[] {
  const text = readFileSync(join(home, name), "latin1");
  expect(text.endsWith("\r\n")).toBe(true);
  return text.slice(0, -2).split("\r\n");
}

const TICKS = "ticks_RGW_MESH4_20240109.csv";
const DOM = "dom_RGW_MESH4_20240109.csv";

async function play(tape: Tape, runId: string): Promise<SierraStudy> {
  const study = new SierraStudy({ folder: home, tape, speed: 1e6, chartIntervalMs: 1, runId });
  study.start();
  expect(await study.done).toBe("ended");
  return study;
}

describe("the study", () => {
  it("writes the columns of its files, numbered from 1, with CRLF", async () => {
    const study = await play(short(500), "r1");
    const [header, first] = linesOf(TICKS);
    expect(header).toBe(TICK_COLUMNS);
    expect(first).toMatch(
      /^r1,1,2024-01-09T14:20:\d\d\.\d{6}Z,(ASK|BID|QUOTE),[\d.]*,\d+,\d{4}\.\d\d,\d+,\d{4}\.\d\d,\d+,\d+,\d+,0$/,
    );
    const dom = linesOf(DOM);
    expect(dom[0]).toBe(DOM_COLUMNS);
    expect(dom[0]?.split(",").length).toBe(64);
    expect(dom.every((line) => line.split(",").length === 64)).toBe(true);
    expect(linesOf(TICKS).length - 1).toBe(study.rowsWritten.ticks);
    expect(dom.length - 1).toBe(study.rowsWritten.dom);
    expect(study.rowsWritten.ticks + study.rowsWritten.dom).toBe(500);
    const seqs = linesOf(TICKS)
      .slice(1)
      .map((line) => Number(line.split(",")[1]));
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  });

  it("writes only what has fallen due at its speed", () => {
    let wallUs = 1e15;
    const tape = short(3000);
    const study = new SierraStudy({
      folder: home,
      tape,
      speed: 60,
      runId: "r",
      wallUs: () => wallUs,
    });
    study.start();
    wallUs += 10e6;
    study.stop();
    expect(study.rowsWritten.ticks).toBe(0);
    const later = new SierraStudy({
      folder: home,
      tape,
      speed: 60,
      runId: "r",
      startWallUs: 1e15,
      wallUs: () => wallUs,
    });
    later.start();
    later.stop();
    const due = [...tape.rows()].filter((row) => row.stampUs <= START + 600e6);
    const { ticks, dom } = later.rowsWritten;
    expect(ticks + dom).toBe(due.length);
    expect(due.length).toBeGreaterThan(200);
  });

  it("goes on in the same folder under a new run without losing or repeating a row", async () => {
    await play(short(300), "r1");
    const before = linesOf(TICKS).length + linesOf(DOM).length;
    appendFileSync(join(home, TICKS), "r1,999,2024-01-0");
    await play(short(700), "r2");
    const stamps = linesOf(TICKS)
      .slice(1)
      .map((line) => line.split(",").slice(2).join(","));
    const dom = linesOf(DOM).slice(1);
    expect(before - 2).toBe(300);
    expect(stamps.length + dom.length).toBe(700);
    rmSync(home, { recursive: true });
    await play(short(700), "whole");
    const whole = linesOf(TICKS)
      .slice(1)
      .map((line) => line.split(",").slice(2).join(","));
    expect(stamps).toEqual(whole);
  });

  it("goes on behind rows that somebody else has written into its file", async () => {
    await play(short(300), "r1");
    const own = linesOf(TICKS).length;
    appendFileSync(join(home, TICKS), "not,a,row\r\nr1,1,2024-01-09T14:25:00.000000Z,ASK\r\n");
    await play(short(700), "r2");
    const ends = (lines: readonly string[]): string[] =>
      lines.slice(1).map((line) => line.split(",").slice(2).join(","));
    const went = ends(linesOf(TICKS).toSpliced(own, 2));
    rmSync(home, { recursive: true });
    await play(short(700), "whole");
    expect(went).toEqual(ends(linesOf(TICKS)));
  });

  it("refuses to go on with another tape", async () => {
    await play(short(300), "r1");
    const tape = seededTape({ seed: "other" });
    const study = new SierraStudy({ folder: home, tape, speed: 1 });
    expect(() => study.start()).toThrow(StudyFailure);
    writeFileSync(join(home, "file"), "");
    const nowhere = new SierraStudy({ folder: join(home, "file"), tape, speed: 1 });
    expect(() => nowhere.start()).toThrow(
      /^expected a folder to write to at .*, was (EEXIST|ENOTDIR)$/,
    );
  });

  it("begins a file with its header for each UTC day", async () => {
    const row = (stamp: string): TapeRow => ({
      kind: "tick",
      stampUs: parseIsoUs(stamp),
      type: "ASK",
      price: 19_201,
      volume: 1,
      bid: 19_200,
      bidSize: 1,
      ask: 19_201,
      askSize: 1,
      bidDepth: 9,
      askDepth: 9,
    });
    const rows = [row("2024-01-09T23:59:59.9Z"), row("2024-01-10T00:00:00Z")];
    await play(
      {
        ...short(0),
        *rows() {
          yield* rows;
        },
      },
      "r",
    );
    expect(readdirSync(home).sort()).toEqual([TICKS, "ticks_RGW_MESH4_20240110.csv"]);
    expect(linesOf("ticks_RGW_MESH4_20240110.csv")).toEqual([
      TICK_COLUMNS,
      "r,2,2024-01-10T00:00:00.000000Z,ASK,4800.25,1,4800.00,1,4800.25,1,9,9,0",
    ]);
  });

  it("puts its run before the columns of a real file and keeps the file's bytes, good or bad", async () => {
    const header = "seq,ts_utc,type,price,volume,bid,bid_size,ask,ask_size";
    const good = "1,2024-01-09T14:20:00Z,ASK,4800.25,1,4800.00,1,4800.25,1";
    const file = join(home, "ticks_RGW_ESH4_src.csv");
    writeFileSync(file, Buffer.from(`${header}\n${good}\n\xff\x00,x\n${header}\n2,late`, "latin1"));
    await play(fileTape(file), "r");
    expect(linesOf("ticks_RGW_ESH4_20240109.csv")).toEqual([
      `run_id,${header}`,
      `r,${good}`,
      "r,\xff\x00,x",
      `run_id,${header}`,
      "r,2,late",
    ]);
    const own: LineRow = { kind: "line", stampUs: timeUs(START), line: Buffer.from(`q,${good}`) };
    const info = { ...fileTape(file).info, symbol: "ESM4" };
    await play(
      {
        info,
        columns: `run_id,${header}`,
        *rows() {
          yield own;
        },
      },
      "r",
    );
    expect(linesOf("ticks_RGW_ESM4_20240109.csv")).toEqual([`run_id,${header}`, `q,${good}`]);
  });
});

describe("the study's command line", () => {
  const main = join(import.meta.dirname, "main.ts");
  const command = (...args: string[]) =>
    spawn(process.execPath, [main, ...args], { stdio: ["pipe", "pipe", "pipe"] });

  async function outcome(
    child: ReturnType<typeof command>,
  ): Promise<{ code: number | null; out: string; err: string }> {
    let out = "";
    let err = "";
    child.stdout.on("data", (bytes: Buffer) => {
      out += bytes.toString();
    });
    child.stderr.on("data", (bytes: Buffer) => {
      err += bytes.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, out, err };
  }

  it("says what it plays and when it ended, stays, and ends well on SIGTERM", async () => {
    const header = "seq,ts_utc,type,price,volume,bid,bid_size,ask,ask_size";
    const file = join(home, "ticks_RGW_ESH4_src.csv");
    writeFileSync(file, `${header}\n1,2024-01-09T14:20:00Z,ASK,4800.25,1,4800.00,1,4800.25,1\n`);
    const child = command("--folder", join(home, "feed"), "--tape", file);
    const ended = new Promise<void>((resolve) =>
      child.stdout.on("data", (bytes: Buffer) => {
        if (bytes.toString().includes("tape.ended")) resolve();
      }),
    );
    const result = outcome(child);
    await ended;
    child.kill("SIGTERM");
    const { code, out } = await result;
    expect(code).toBe(0);
    const said = out
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(said).toMatchObject([
      {
        event: "tape.started",
        name: "ticks_RGW_ESH4_src.csv",
        symbol: "ESH4",
        startUs: START,
        endUs: START,
        seeded: false,
      },
      { event: "tape.ended", rows: 1, domRows: 0 },
    ]);
  });

  it("ends by itself when its parent's pipe closes", async () => {
    const child = command("--folder", home, "--speed", "60");
    child.stdout.once("data", () => child.stdin.end());
    expect((await outcome(child)).code).toBe(0);
  });

  it("refuses bad arguments with one sentence and exit code 1", async () => {
    for (const args of [
      [],
      ["--folder", home, "--speed", "-1"],
      ["--folder", home, "--tape", join(home, "none.csv")],
      ["--folder", home, "--symbol", "XYZ"],
      ["--folder", home, "--frobnicate"],
    ]) {
      const { code, err, out } = await outcome(command(...args));
      expect([code, out]).toEqual([1, ""]);
      expect(err.trim().split("\n").length).toBe(1);
    }
  });
});
