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
import { crc32 } from "node:zlib";
import { timeUs } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { syncCommand } from "./command-of.ts";
import { commandRow, ORDER_COLUMNS, parseCommandRow, type WrittenCommand } from "./command-row.ts";
import { OrdersFile } from "./orders-file.ts";

let home = "";
let path = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-orders-"));
  path = join(home, "orders_RGW.csv");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const sync = syncCommand({
  instrument: instrumentOf("MESH4"),
  account: "Sim1",
  lotsMax: 100,
  atUs: timeUs(1_704_810_000_000_000),
  expiresUs: timeUs(1_704_810_005_000_000),
  seen: null,
});
const order = { ...sync, action: "NEW", order: "B-1", side: "BUY", type: "MKT", qty: 2 } as const;

function open(floor = 0): { file: OrdersFile; rows: WrittenCommand[] } {
  const rows: WrittenCommand[] = [];
  return { file: new OrdersFile(path, floor, (row) => rows.push(row)), rows };
}

describe("the file of commands", () => {
  it("begins with its columns and numbers rows from 1, each with the CRC-32 of its text", () => {
    const { file } = open();
    expect([file.append(sync), file.append(order)]).toEqual([1, 2]);
    file.close();
    const [header, first = "", second = "", end] = readFileSync(path, "latin1").split("\r\n");
    expect(header).toBe(ORDER_COLUMNS);
    expect(first).toMatch(
      /^1,2024-01-09T14:20:00.000000Z,2024-01-09T14:20:05.000000Z,SYNC,,MESH4,Sim1,,NONE,,,,,,,[0-9a-f]{8}$/,
    );
    const cut = second.lastIndexOf(",");
    expect(Number.parseInt(second.slice(cut + 1), 16)).toBe(crc32(second.slice(0, cut)));
    expect(end).toBe("");
  });

  it("goes on above its own last row, above what others have seen, and never below", () => {
    open().file.append(order);
    const again = open();
    expect(again.rows).toMatchObject([{ cmdSeq: 1, action: "NEW", order: "B-1", qty: 2 }]);
    expect(again.file.append(sync)).toBe(2);
    expect(open(40).file.append(sync)).toBe(41);
    const { file } = open();
    file.raise(7);
    file.raise(77);
    expect(file.append(sync)).toBe(78);
    rmSync(path);
    expect(open(78).file.append(sync)).toBe(79);
  });

  it("cuts a torn row wherever it tore, keeps it beside the file, and gives its number again", () => {
    const row = `${commandRow(2, order)}\r\n`;
    for (let bytes = 1; bytes < row.length; bytes += 7) {
      rmSync(home, { recursive: true });
      const first = open();
      first.file.append(sync);
      first.file.close();
      const whole = readFileSync(path, "latin1");
      appendFileSync(path, row.slice(0, bytes));
      const { file, rows } = open();
      expect(rows).toHaveLength(1);
      expect(readFileSync(path, "latin1")).toBe(whole);
      expect(file.append(order)).toBe(2);
      file.close();
      expect(readdirSync(home).some((name) => name.endsWith(".torn"))).toBe(true);
    }
  });

  it("does not believe a row of which a byte was changed", () => {
    const row = commandRow(9, order);
    expect(parseCommandRow(row)).toMatchObject({ cmdSeq: 9 });
    fc.assert(
      fc.property(fc.nat(row.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
        fc.pre(row.charCodeAt(at) !== code);
        const hurt = `${row.slice(0, at)}${String.fromCharCode(code)}${row.slice(at + 1)}`;
        expect(parseCommandRow(hurt)).toBeNull();
      }),
    );
    writeFileSync(path, `${ORDER_COLUMNS}\r\n${row.replace("B-1", "B-2")}\r\n`);
    expect(open().rows).toEqual([]);
  });
});
