import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timeUs } from "@believe/shared/base";
import { chainText, type Draft, LINE_BYTES_MAX, parseRecord } from "@believe/shared/wire";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Wal, WalFailure, type WalOptions } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (options: Partial<WalOptions> = {}): Wal =>
  Wal.open({ folder, wallUs: () => timeUs(1_700_000_000_000_000), ...options });
const stop = (reason: string): Draft => ({ stream: "stop", body: { reason } });
const file = (n = 0): string => join(folder, `journal-${String(n).padStart(6, "0")}.jsonl`);
const fill = (count: number, options: Partial<WalOptions> = {}): string[] => {
  const wal = open(options);
  const lines = Array.from({ length: count }, (_, i) => wal.append(stop(`r${i}`)).line);
  wal.close();
  return lines;
};
const refusal = (act: () => unknown): WalFailure => {
  try {
    act();
  } catch (failure) {
    if (failure instanceof WalFailure) return failure;
    throw failure;
  }
  throw new Error("expected a WalFailure, was none");
};

describe("the journal on disk", () => {
  test("a line is the canonical bytes of its record, keys in the order of the schema", () => {
    const wal = open({ salt: () => new Uint8Array(16).fill(7) });
    const draft: Draft = {
      stream: "halt",
      // Written out of order on purpose.
      body: { reason: "daily-loss", atUs: 5 },
    };
    const { seq, line } = wal.append(draft);
    expect(seq).toBe(0);
    expect(line).toBe(
      '{"v":1,"seq":0,"stream":"halt","wallUs":1700000000000000,"body":{"atUs":5,"reason":"daily-loss"},"salt":"BwcHBwcHBwcHBwcHBwcHBw=="}',
    );
    expect(chainText(draft)).toContain('"body":{"atUs":5,"reason":"daily-loss"}');
    wal.close();
    expect(readFileSync(file(), "utf8")).toBe(`${line}\n`);
  });

  test("what was synced is read back byte for byte after opening anew, over any number of files", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 200, max: 20_000 }),
        fc.nat(500),
        (batches, fileBytesMax, from) => {
          rmSync(folder, { recursive: true, force: true });
          const lines: string[] = [];
          for (const batch of batches) {
            const wal = open({ fileBytesMax });
            expect(wal.nextSeq).toBe(lines.length);
            for (let i = 0; i < batch; i++) lines.push(wal.append(stop(`r${i}`)).line);
            wal.close();
          }
          const wal = open({ fileBytesMax });
          expect([...wal.records()].map(({ line }) => line)).toEqual(lines);
          expect([...wal.records(from)].map(({ seq }) => seq)).toEqual(
            lines.map((_, seq) => seq).slice(from),
          );
          expect(wal.tornBytes).toBe(0);
          wal.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  test("records shows nothing that was not synced", () => {
    const wal = open();
    wal.append(stop("a"));
    expect([...wal.records()]).toEqual([]);
    wal.sync();
    expect([...wal.records()]).toHaveLength(1);
    expect(wal.durableSeq).toBe(1);
    wal.close();
  });

  test("salts differ from line to line", () => {
    const salts = fill(600).map((line) => parseRecord(line).salt);
    expect(new Set(salts).size).toBe(600);
  });

  test("a large group is written whole", () => {
    const lines = fill(9_000);
    const wal = open();
    expect([...wal.records(8_990)].map(({ line }) => line)).toEqual(lines.slice(8_990));
    wal.close();
  });

  test("reading goes on while lines are appended and ends where it began to look", () => {
    fill(300);
    const wal = open();
    const seen: number[] = [];
    for (const { seq } of wal.records(290)) {
      seen.push(seq);
      wal.append(stop("more"));
      wal.sync();
    }
    expect(seen).toEqual([290, 291, 292, 293, 294, 295, 296, 297, 298, 299]);
    wal.close();
  });
});

describe("a draft that is no record", () => {
  test("is refused with the field, takes no number and leaves the journal usable", () => {
    const wal = open();
    const failure = refusal(() => wal.append({ stream: "stop", body: { reason: "Not A Code" } }));
    expect(failure.code).toBe("refused");
    expect(failure.message).toContain("body.reason");
    expect(wal.append(stop("fine")).seq).toBe(0);
    wal.close();
  });

  test("is refused when its line would be too long", () => {
    const wal = open();
    const reasons = Array.from({ length: LINE_BYTES_MAX / 8 }, () => "a-reason");
    const body = {
      strategy: "s",
      symbol: "ES",
      atUs: 1,
      verdict: "hold",
      side: null,
      close: null,
      reasons,
    } as const;
    const failure = refusal(() => wal.append({ stream: "decision", body: { ...body, reasons } }));
    expect(failure.message).toMatch(/at most 32768 bytes, was \d+ bytes/);
    wal.close();
  });
});

describe("after a crash", () => {
  test("any cut of the last group loses a suffix only, and the torn bytes are kept aside", () => {
    const lines = fill(20);
    const whole = readFileSync(file());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (size) => {
        rmSync(folder, { recursive: true, force: true });
        open().close();
        writeFileSync(file(), whole.subarray(0, size));
        const wal = open();
        const kept = [...wal.records()].map(({ line }) => line);
        expect(kept).toEqual(lines.slice(0, kept.length));
        const bytes = kept.reduce((sum, line) => sum + line.length + 1, 0);
        expect(wal.tornBytes).toBe(size - bytes);
        if (wal.tornBytes > 0) {
          expect(readFileSync(`${file()}.${bytes}.torn`)).toEqual(whole.subarray(bytes, size));
        }
        expect(wal.append(stop("next")).seq).toBe(kept.length);
        wal.close();
        open().close();
      }),
      { numRuns: 60 },
    );
  });

  test("an empty last file is the beginning of the next one", () => {
    fill(10, { fileBytesMax: 400 });
    const last = readdirSync(folder).filter((name) => name.endsWith(".jsonl")).length - 1;
    truncateSync(file(last), 0);
    const wal = open({ fileBytesMax: 400 });
    expect(wal.nextSeq).toBeLessThan(10);
    wal.append(stop("next"));
    wal.close();
    open().close();
  });
});

describe("corruption that no crash explains", () => {
  const plant = (edit: (lines: string[]) => string[]): WalFailure => {
    const lines = fill(30);
    writeFileSync(file(), `${edit(lines).join("\n")}\n`);
    return refusal(() => open());
  };

  test("is refused with file, line and what was expected", () => {
    const failure = plant((lines) => lines.with(11, "garbage"));
    expect(failure.code).toBe("corrupt");
    expect(failure.message).toMatch(
      /^expected record 11 on line 12 of .*journal-000000\.jsonl, was/,
    );
  });

  test("a missing, a doubled and a swapped line are refused", () => {
    expect(plant((lines) => lines.toSpliced(4, 1)).message).toContain("was record 5");
    rmSync(folder, { recursive: true });
    expect(plant((lines) => lines.toSpliced(4, 0, lines[3] ?? "")).message).toContain("record 3");
    rmSync(folder, { recursive: true });
    expect(plant((lines) => lines.with(7, lines[8] ?? "")).message).toContain("was record 8");
  });

  test("bytes that are not UTF-8 are refused", () => {
    fill(3);
    appendFileSync(file(), Buffer.from([0xff, 0xfe, 0x0a]));
    expect(refusal(() => open()).message).toContain("expected record 3 on line 4");
  });

  test("a torn line before the last file, and a missing file, are refused", () => {
    fill(30, { fileBytesMax: 700 });
    const first = readFileSync(file(0));
    truncateSync(file(0), first.length - 3);
    expect(refusal(() => open()).code).toBe("corrupt");
    writeFileSync(file(0), first);
    open().close();
    rmSync(file(1));
    expect(refusal(() => open()).message).toContain("expected journal-000001.jsonl");
  });

  test("a damaged record of an older file is refused when it is read", () => {
    fill(30, { fileBytesMax: 700 });
    const text = readFileSync(file(0), "utf8");
    writeFileSync(file(0), text.replace('"reason":"r1"', '"reason":"R1"'));
    const wal = open();
    expect(refusal(() => [...wal.records()]).message).toContain("expected record 1 on line 2");
    wal.close();
  });
});

describe("a disk that fails", () => {
  test.skipIf(process.platform === "win32")(
    "takes no more, and loses nothing that was synced before",
    () => {
      const script = `
        import { Wal } from ${JSON.stringify(import.meta.resolve("./index.ts"))};
        const wal = Wal.open({ folder: ${JSON.stringify(folder)}, wallUs: () => 0 });
        const draft = { stream: "stop", body: { reason: "test" } };
        const append = () => { wal.append(draft); wal.append(draft); wal.sync(); };
        try { for (;;) append(); } catch (failure) { console.log(failure.code, wal.durableSeq); }
        try { append(); } catch (failure) { console.log(failure.code, wal.durableSeq); }
        process.exit(0);`;
      // A file may grow to 8 KiB: the write that crosses it is taken in part, then refused.
      const { stdout, stderr } = spawnSync(
        "sh",
        ["-c", 'ulimit -f 16; exec "$0" --input-type=module -e "$1"', process.execPath, script],
        { encoding: "utf8" },
      );
      const [[code, synced], again] = [stdout.trim().split("\n")[0]?.split(" ") ?? [], stdout];
      expect({ code, stderr }).toEqual({ code: "not-durable", stderr: "" });
      expect(again.trim().split("\n")[1]).toBe(`not-durable ${synced}`);
      const wal = open();
      expect(Number(synced)).toBeGreaterThan(10);
      expect([...wal.records()].length).toBeGreaterThanOrEqual(Number(synced));
      expect(wal.tornBytes).toBeGreaterThan(0);
      wal.close();
    },
  );

  test("a journal that was let go of takes nothing more", () => {
    const wal = open();
    wal.close();
    expect(refusal(() => wal.append(stop("late"))).code).toBe("closed");
    expect(refusal(() => wal.sync()).code).toBe("closed");
  });
});
