import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isoUs, MINUTE_US } from "@believe/shared/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chicagoUs } from "./chicago.ts";
import { fileTape } from "./file-tape.ts";
import { openTape } from "./open-tape.ts";
import { TapeFailure } from "./tape.ts";

const DATA = process.env["BELIEVE_DATA"] ?? join(import.meta.dirname, "../../../shared/data");
const REAL = join(DATA, "cme_es/ticks_RGW_ESH4_20231225_2200-2340.csv.gz");
const HEADER = "seq,ts_utc,type,price,volume,bid,bid_size,ask,ask_size";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-tape-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function fileOf(name: string, bytes: string | Buffer): string {
  const path = join(home, name);
  writeFileSync(path, bytes);
  return path;
}

describe("a file tape", () => {
  it("plays every line byte for byte, paced by the newest good stamp", () => {
    const bad = Buffer.from([0x31, 0x2c, 0xff, 0xfe, 0x00]);
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}\r\nbefore any stamp\r\n`),
      Buffer.from("1,2024-01-09T14:20:00.000001Z,ASK,1,1,1,1,1,1\r\n"),
      bad,
      Buffer.from("\n2,2024-01-09T14:19:00.000000Z,BID,1,1,1,1,1,1\n\r\n"),
      Buffer.from("3,2099-01-09T14:20:00.000000Z,BID\r\n4,2024-01-09T14:21:00.5Z,last\r"),
    ]);
    const plain = fileTape(fileOf("ticks_RGW_ESH4_20240109.csv", bytes));
    const rows = [...plain.rows()];
    expect(rows.map((row) => (row.kind === "line" ? row.line.toString("latin1") : ""))).toEqual([
      "before any stamp",
      "1,2024-01-09T14:20:00.000001Z,ASK,1,1,1,1,1,1",
      bad.toString("latin1"),
      "2,2024-01-09T14:19:00.000000Z,BID,1,1,1,1,1,1",
      "",
      "3,2099-01-09T14:20:00.000000Z,BID",
      "4,2024-01-09T14:21:00.5Z,last",
    ]);
    const stamps = rows.map((row) => isoUs(row.stampUs).slice(11));
    expect(new Set(stamps.slice(0, 6))).toEqual(new Set(["14:20:00.000001Z"]));
    expect(stamps[6]).toBe("14:21:00.500000Z");
    const packed = fileTape(fileOf("ticks_RGW_ESH4_x.csv.gz", gzipSync(bytes)));
    expect([...packed.rows()]).toEqual(rows);
    expect(plain.info).toMatchObject({ symbol: "ESH4", seeded: false });
  });

  it("is not stalled by one row from the future, nor hurried by one from the past", () => {
    const row = (seq: number, at: string) => `${seq},2024-01-09T${at}Z,ASK,1,1,1,1,1,1\n`;
    const days = ["14:20:00", "22:00:00", "14:20:01", "14:40:00", "14:20:02", "14:40:01"];
    const text = `${HEADER}\n${days.map((at, i) => row(i + 1, at)).join("")}`;
    const stamps = [...fileTape(fileOf("ticks_RGW_ESH4_1.csv", text)).rows()].map((one) =>
      isoUs(one.stampUs).slice(11, 19),
    );
    const expected = ["14:20:00", "14:20:00", "14:20:01", "14:40:00", "14:40:00", "14:40:01"];
    expect(stamps).toEqual(expected);
  });

  it("refuses what is no tape with one sentence", () => {
    const name = "ticks_RGW_ESH4_1.csv";
    const cases: [string, () => string][] = [
      ["missing-file", () => join(home, "none.csv")],
      ["missing-file", () => home],
      ["empty-file", () => fileOf(name, "")],
      ["not-a-tick-file", () => fileOf(name, "a,b,c\n1,2,3\n")],
      ["no-stamp", () => fileOf(name, `${HEADER}\nx\n`)],
      ["not-gzip", () => fileOf(`${name}.gz`, "plain")],
      ["no-symbol", () => fileOf("my.csv", `${HEADER}\n1,2024-01-09T14:20:00Z,ASK,1,1,1,1,1,1\n`)],
    ];
    for (const [code, path] of cases) {
      const failure = failureOf(() => openTape({ file: path() }));
      expect(failure.code).toBe(code);
      expect(failure.message).toMatch(/^expected .+, was .+$/);
    }
  });

  it("takes the symbol from the name, else from the operator", () => {
    const path = fileOf("my.csv", `${HEADER}\n1,2024-01-09T14:20:00Z,ASK,1,1,1,1,1,1\n`);
    expect(fileTape(path, { symbol: "ESH4" }).info.symbol).toBe("ESH4");
  });

  it.skipIf(!existsSync(REAL))("plays the real file whole (needs BELIEVE_DATA)", () => {
    const tape = fileTape(REAL);
    expect([...tape.rows()].length).toBe(2271);
    expect(tape.info.symbol).toBe("ESH4");
    expect(isoUs(tape.info.startUs)).toBe("2023-12-25T23:00:00.105900Z");
  });
});

it("clocks in Chicago follow their zone, not a fixed offset", () => {
  expect(isoUs(chicagoUs("2024-01-09", 500))).toBe("2024-01-09T14:20:00.000000Z");
  expect(isoUs(chicagoUs("2024-07-09", 500))).toBe("2024-07-09T13:20:00.000000Z");
  const dayLength = (day: string): number =>
    (chicagoUs(day, 24 * 60) - chicagoUs(day, 0)) / MINUTE_US / 60;
  expect(dayLength("2024-03-10")).toBe(23);
  expect(dayLength("2024-11-03")).toBe(25);
});

function failureOf(act: () => unknown): TapeFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof TapeFailure) return error;
    throw error;
  }
  throw new Error("expected a TapeFailure, was none");
}
