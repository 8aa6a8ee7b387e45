import { instrumentOf } from "@believe/shared/market";
import { describe, expect, it } from "vitest";
import { DomParser } from "./dom-parser.ts";
import { TickParser } from "./tick-parser.ts";

const instrument = instrumentOf("MESH4");
const stamp = "2024-01-09T14:20:00.000001Z";
const stampUs = 1_704_810_000_000_001;

describe("a tick row", () => {
  const parser = new TickParser(instrument, "file");
  const parse = (text: string | Buffer) => parser.parse(Buffer.from(text));

  it("becomes the event of its type", () => {
    const best = { bid: 19_200, bidSize: 3, ask: 19_201, askSize: 4 };
    const row = (type: string, print = "4800.25,2") =>
      parse(`r1,7,${stamp},${type},${print},4800.00,3,4800.25,4,10,20,0\r`);
    const common = { symbol: "MESH4", stampUs, source: { run: "r1", seq: 7 } };
    const trade = { kind: "trade", ...common, ...best, price: 19_201, size: 2 };
    expect(row("ASK")).toEqual({ ...trade, aggressor: "buy" });
    expect(row("BID")).toEqual({ ...trade, aggressor: "sell" });
    expect(row("NONE")).toEqual({ ...trade, aggressor: null });
    expect(row("QUOTE")).toEqual({ kind: "quote", ...common, ...best });
    expect(row("QUOTE", ",")).toEqual({ kind: "quote", ...common, ...best });
    expect(row("GAP")).toEqual({ kind: "gap", ...common });
  });

  it("may lack a side and may be crossed", () => {
    expect(parse(`r,1,${stamp},NONE,4800.25,44,4809.00,1,4785.50,15,,,`)).toMatchObject({
      bid: 19_236,
      ask: 19_142,
    });
    expect(parse(`r,1,${stamp},ASK,4800.25,1,,,4800.25,1,,,`)).toMatchObject({
      bid: null,
      bidSize: 0,
    });
  });

  it("is refused with the reason that fits", () => {
    const cases: [string, string | Buffer][] = [
      ["short-row", ""],
      ["short-row", `r,1,${stamp},ASK`],
      ["long-row", `r,1,${stamp},ASK,4800.25,1,4800.00,1,4800.25,1,1,1,0,0`],
      ["long-row", `r,1,${",".repeat(400)}`],
      ["bad-seq", `r,-1,${stamp},ASK,4800.25,1,4800.00,1,4800.25,1,1,1,0`],
      ["bad-seq", `r,,${stamp},ASK,4800.25,1,4800.00,1,4800.25,1,1,1,0`],
      ["bad-seq", `,1,${stamp},ASK,4800.25,1,4800.00,1,4800.25,1,1,1,0`],
      ["bad-stamp", "r,1,2024-02-30T14:20:00Z,ASK,4800.25,1,4800.00,1,4800.25,1,1,1,0"],
      ["bad-stamp", "r,1,2024-01-09 14:20:00,ASK,4800.25,1,4800.00,1,4800.25,1,1,1,0"],
      ["bad-type", `r,1,${stamp},ask,4800.25,1,4800.00,1,4800.25,1,1,1,0`],
      ["bad-price", `r,1,${stamp},ASK,4800.30,1,4800.00,1,4800.25,1,1,1,0`],
      ["bad-price", `r,1,${stamp},ASK,,1,4800.00,1,4800.25,1,1,1,0`],
      ["bad-price", `r,1,${stamp},ASK,4800.25,1,nan,1,4800.25,1,1,1,0`],
      ["bad-size", `r,1,${stamp},ASK,4800.25,,4800.00,1,4800.25,1,1,1,0`],
      ["bad-size", `r,1,${stamp},ASK,4800.25,1.5,4800.00,1,4800.25,1,1,1,0`],
      ["bad-size", `r,1,${stamp},ASK,4800.25,1,4800.00,-1,4800.25,1,1,1,0`],
      ["bad-size", `r,1,${stamp},ASK,4800.25,1,4800.00,1,4800.25,1,x,1,0`],
      [
        "not-utf8",
        Buffer.from(`r\xff,1,${stamp},ASK,4800.25,1,4800.00,1,4800.25,1,1,1,0`, "latin1"),
      ],
    ];
    for (const [fault, text] of cases) expect([fault, parse(text)]).toEqual([fault, fault]);
  });

  it("is read by the names in the header, whatever their order", () => {
    const own = new TickParser(instrument, "file");
    const header = "\ufeffask_size,ask,bid_size,bid,volume,price,type,ts_utc,seq\r";
    expect(own.adopt(Buffer.from(header))).toBe(true);
    expect(own.parse(Buffer.from(`4,4800.25,3,4800.00,2,4800.25,ASK,${stamp},7`))).toMatchObject({
      kind: "trade",
      source: { run: "file", seq: 7 },
      askSize: 4,
    });
    expect(own.adopt(Buffer.from("run_id,seq,ts_utc"))).toBe(false);
  });
});

describe("a snapshot row", () => {
  const parser = new DomParser(instrument, "file");
  const row = (levels: readonly string[]): Buffer =>
    Buffer.from(`r,1,${stamp},5,${[...levels, ...Array(60).fill("")].slice(0, 60).join(",")}`);
  const asks = (from: readonly string[]): string[] => [...Array(30).fill(""), ...from];

  it("becomes a book of the levels that are there, best first", () => {
    const levels = [
      "4800.00",
      "3",
      "2",
      "4799.75",
      "9",
      "",
      ...Array(24).fill(""),
      "4800.25",
      "1",
      "1",
    ];
    expect(parser.parse(row(levels))).toEqual({
      kind: "book",
      symbol: "MESH4",
      stampUs,
      source: { run: "r", seq: 1 },
      bids: [
        { price: 19_200, size: 3, orders: 2 },
        { price: 19_199, size: 9, orders: 0 },
      ],
      asks: [{ price: 19_201, size: 1, orders: 1 }],
    });
  });

  it("may be empty or crossed, but not out of order", () => {
    expect(parser.parse(row([]))).toMatchObject({ bids: [], asks: [] });
    const crossed = ["4809.00", "1", "1", ...Array(27).fill(""), "4785.50", "1", "1"];
    expect(parser.parse(row(crossed))).toMatchObject({ kind: "book" });
    expect(parser.parse(row(["4800.00", "1", "1", "4800.00", "1", "1"]))).toBe("bad-price");
    expect(parser.parse(row(asks(["4801.00", "1", "1", "4800.75", "1", "1"])))).toBe("bad-price");
    expect(parser.parse(row(["4800.00", "", "1"]))).toBe("bad-size");
    expect(parser.parse(Buffer.from("r,1"))).toBe("short-row");
    expect(parser.parse(Buffer.from(`r,1,${stamp},x${",".repeat(60)}`))).toBe("bad-seq");
  });
});
