import { instrumentOf } from "@believe/shared/market";
import { describe, expect, it } from "vitest";
import { FILL_COLUMNS, FillsParser } from "./fills-row.ts";

const NAMES = FILL_COLUMNS.split(",");
const ACK = {
  run_id: "R1",
  row_seq: "7",
  ts_utc: "2024-01-09T14:20:00.000001Z",
  event: "ACK",
  client_order_id: "B-1.S",
  internal_order_id: "1002",
  symbol: "MESH4",
  account: "Sim1",
  side: "SELL",
  qty: "2",
  price: "4790.25",
  filled_total: "0",
  is_sim: "1",
  type: "STP",
  cmd_seq: "12",
};
const FILL = { ...ACK, event: "FILL", exec_id: "X-1", position_after: "-2", filled_total: "2" };
type Row = Readonly<Record<string, string>>;

const text = (row: Row, names = NAMES): string => names.map((name) => row[name] ?? "").join(",");
const parse = (line: string) => new FillsParser(instrumentOf("MESH4")).parse(Buffer.from(line));

describe("a row of answers", () => {
  it("is read cell by cell, blank ones as null", () => {
    expect(parse(`${text(FILL)}\r`)).toEqual({
      run: "R1",
      rowSeq: 7,
      stampUs: 1_704_810_000_000_001,
      event: "FILL",
      order: "B-1.S",
      ref: "1002",
      exec: "X-1",
      account: "Sim1",
      side: "sell",
      qty: 2,
      price: 19_161,
      filledTotal: 2,
      positionAfter: -2,
      isSim: true,
      reason: null,
      type: "STP",
      cmdSeq: 12,
      trading: null,
    });
  });

  it("goes by the names of the header, whatever their order, and lets columns follow", () => {
    const parser = new FillsParser(instrumentOf("MESH4"));
    const names = [...NAMES.toReversed(), "note"];
    expect(parser.adopt(Buffer.from(`\ufeff${names.join(",")}\r`))).toBe(true);
    expect(parser.parse(Buffer.from(text(ACK, names)))).toEqual(parse(text(ACK)));
    expect(parser.adopt(Buffer.from(NAMES.slice(1).join(",")))).toBe(false);
  });

  it.each<[string, Row]>([
    ["bad-seq", { ...ACK, row_seq: "7.5" }],
    ["bad-seq", { ...ACK, cmd_seq: "-1" }],
    ["bad-stamp", { ...ACK, ts_utc: "2024-01-09 14:20" }],
    ["bad-event", { ...ACK, event: "FILLED" }],
    ["bad-event", { ...ACK, side: "B" }],
    ["bad-event", { ...ACK, type: "OCO" }],
    ["bad-id", { ...ACK, client_order_id: "B 1" }],
    ["bad-id", { ...ACK, account: "" }],
    ["bad-price", { ...ACK, price: "4790.10" }],
    ["bad-number", { ...FILL, position_after: "--2" }],
    ["bad-number", { ...ACK, is_sim: "" }],
    ["other-symbol", { ...ACK, symbol: "ESH4" }],
    ["missing-cell", { ...ACK, price: "" }],
    ["missing-cell", { ...ACK, qty: "" }],
    ["missing-cell", { ...FILL, exec_id: "" }],
    ["missing-cell", { ...ACK, event: "REJECT" }],
    ["missing-cell", { ...ACK, event: "ALIVE", position_after: "1" }],
  ])("is refused as %s: %j", (fault, row) => {
    expect(parse(text(row))).toBe(fault);
  });

  it("is refused when it has too few or too many cells, or is no text", () => {
    expect(parse(text(ACK).slice(0, -1))).toBe("short-row");
    expect(parse(`${text(ACK)},`)).toBe("long-row");
    expect(new FillsParser(instrumentOf("MESH4")).parse(Buffer.from([0xff, 0x2c]))).toBe(
      "not-utf8",
    );
  });
});
