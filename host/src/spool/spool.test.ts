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
import { MINUTE_US, sha256, type TimeUs, timeUs, utf8 } from "@believe/shared/base";
import {
  commitmentOf,
  leafHash,
  openNote,
  parseBundle,
  parseCheckpoint,
  parseLeaf,
  rootOf,
  saltedRoot,
  verifyConsistency,
  vkeyOf,
} from "@believe/shared/wire/log";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newSeed, nodeSha256, signerOf, verifyNode } from "../keys/index.ts";
import { Wal } from "../wal/index.ts";
import { Spool, SpoolFailure, type SpoolOptions } from "./index.ts";

const ORIGIN = "log.example/j/broker";
const T0 = timeUs(Date.UTC(2024, 0, 9, 14, 20) * 1000);
const minute = (n: number, us = 0): TimeUs => timeUs(T0 + n * MINUTE_US + us);

class Estate {
  readonly folder = mkdtempSync(join(tmpdir(), "spool-"));
  wal = this.#wal();
  spool = this.open();

  #wal(): Wal {
    return Wal.open({ folder: join(this.folder, "wal"), wallUs: () => timeUs(1) });
  }

  open(options: Partial<SpoolOptions> = {}): Spool {
    const folder = join(this.folder, "log");
    return Spool.open({ folder, origin: ORIGIN, sha256: nodeSha256, wal: this.wal, ...options });
  }

  get leafFile(): string {
    return join(this.folder, "log", "leaves.jsonl");
  }

  write(count: number, options: { joins?: boolean } = {}): void {
    const lines = Array.from({ length: count }, () =>
      this.wal.append({ stream: "stop", body: { reason: "test" } }),
    );
    this.wal.sync();
    if (options.joins === false) return;
    for (const { seq, line } of lines) this.spool.add(seq, line);
  }

  /** What a killed process leaves: files as they are, nothing sealed, its lock still there. */
  crash(between: () => void = () => undefined): void {
    this.spool.close();
    this.wal.close();
    between();
    this.wal = this.#wal();
    this.spool = this.open();
  }

  texts(): string[] {
    return [...this.spool.leaves()].map(({ text }) => text);
  }

  /** Every law of the log, checked from the journal's own lines. */
  check(): void {
    const lines = [...this.wal.records()].map(({ line }) => line);
    let seq = 0;
    let previous: { minute: string; closed: string } | null = null;
    const hashes = [];
    for (const leaf of this.spool.leaves()) {
      expect(leaf.firstSeq).toBe(seq);
      const own = lines.slice(seq, seq + leaf.count);
      expect(own).toHaveLength(leaf.count);
      seq += leaf.count;
      const parsed = parseLeaf(utf8(leaf.text));
      expect(parsed.root).toEqual(
        saltedRoot(
          leaf.salt ?? new Uint8Array(0),
          own.map((line) => commitmentOf(utf8(line))),
        ),
      );
      expect(parsed).toMatchObject({ origin: ORIGIN, index: hashes.length, minute: leaf.minute });
      if (previous !== null) {
        const goesOn = previous.closed === "cut" && leaf.minute === previous.minute;
        expect(goesOn || leaf.minute > previous.minute).toBe(true);
      }
      previous = leaf;
      hashes.push(leafHash(utf8(leaf.text)));
    }
    expect(this.spool.size).toBe(hashes.length);
    expect(this.spool.root()).toEqual(rootOf(hashes));
    expect(this.spool.nextSeq).toBe(this.wal.nextSeq);
  }

  remove(): void {
    this.spool.close();
    this.wal.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let estate: Estate;
beforeEach(() => {
  estate = new Estate();
});
afterEach(() => estate.remove());

const minutes = (): string[] =>
  [...estate.spool.leaves()].map(
    ({ minute, closed, count }) => `${minute.slice(11, 16)} ${closed} ${count}`,
  );

describe("sealing", () => {
  test("every minute that ended is a leaf, the empty ones too", () => {
    expect(estate.spool.advance(minute(0))).toBe(0);
    estate.write(3);
    expect(estate.spool.advance(minute(0, 59_999_999))).toBe(0);
    expect(estate.spool.advance(minute(3))).toBe(3);
    estate.write(2);
    expect(estate.spool.openMinute).toBe("2024-01-09T14:23Z");
    expect(estate.spool.advance(minute(4))).toBe(1);
    expect(minutes()).toEqual(["14:20 whole 3", "14:21 whole 0", "14:22 whole 0", "14:23 whole 2"]);
    estate.check();
  });

  test("a clean stop cuts the open minute, and the same minute may go on after it", () => {
    estate.spool.advance(minute(0));
    estate.write(1);
    estate.spool.cut();
    estate.crash();
    estate.spool.advance(minute(0, 30_000_000));
    estate.write(1);
    estate.spool.advance(minute(1));
    expect(minutes()).toEqual(["14:20 cut 1", "14:20 whole 1"]);
    estate.check();
  });

  test("a clock that steps back keeps the open minute, one that leaps a year is refused", () => {
    estate.spool.advance(minute(5));
    estate.write(1);
    expect(estate.spool.advance(minute(2))).toBe(0);
    expect(estate.spool.openMinute).toBe("2024-01-09T14:25Z");
    estate.spool.cut();
    estate.spool.advance(minute(1));
    expect(estate.spool.openMinute).toBe("2024-01-09T14:25Z");
    expect(() => estate.spool.advance(minute(525_600))).toThrow("expected a clock near");
  });

  test("records written before the first minute opened join that minute", () => {
    estate.write(2);
    estate.spool.cut();
    expect(estate.spool.size).toBe(0);
    estate.crash();
    estate.spool.advance(minute(7));
    estate.write(1);
    estate.spool.advance(minute(8));
    expect(minutes()).toEqual(["14:27 whole 3"]);
    estate.check();
  });

  test("a minute too large to be opened in one request is cut and goes on", () => {
    estate.spool.close();
    estate.spool = estate.open({ minuteBytesMax: 1000 });
    estate.spool.advance(minute(0));
    estate.write(20);
    estate.spool.advance(minute(1));
    const shapes = minutes();
    expect(shapes.length).toBeGreaterThan(2);
    expect(shapes.at(0)).toMatch(/^14:20 cut [1-9]/);
    expect(shapes.at(-1)).toMatch(/^14:20 whole/);
    estate.check();
  });

  test("a record that is not durable, or out of turn, may not join", () => {
    estate.spool.advance(minute(0));
    const { seq, line } = estate.wal.append({ stream: "stop", body: { reason: "test" } });
    expect(() => estate.spool.add(seq, line)).toThrow("durable before it joins");
    estate.wal.sync();
    expect(() => estate.spool.add(seq + 1, line)).toThrow("in the order of the journal");
    estate.spool.add(seq, line);
  });

  test("those who wait for leaves are told after they are sealed", () => {
    const seen: number[] = [];
    const forget = estate.spool.onSealed(() => seen.push(estate.spool.size));
    estate.spool.advance(minute(0));
    estate.spool.advance(minute(2));
    forget();
    estate.spool.advance(minute(3));
    expect(seen).toEqual([2]);
  });
});

describe("after a crash", () => {
  test("leftovers are sealed as cut in their own minute, and the minutes that passed have no leaf", () => {
    estate.spool.advance(minute(0));
    estate.write(2);
    estate.spool.advance(minute(1));
    estate.write(3);
    estate.crash();
    expect(minutes()).toEqual(["14:20 whole 2", "14:21 cut 3"]);
    estate.spool.advance(minute(9));
    estate.write(1);
    estate.spool.advance(minute(10));
    expect(minutes().slice(2)).toEqual(["14:29 whole 1"]);
    estate.check();
  });

  test("a minute that opened and held nothing is cut as well, so a cut says nothing of trading", () => {
    estate.spool.advance(minute(0));
    estate.crash();
    expect(minutes()).toEqual(["14:20 cut 0"]);
    estate.crash();
    expect(minutes()).toEqual(["14:20 cut 0"]);
  });

  test("records that were durable but had not joined are in the cut leaf", () => {
    estate.spool.advance(minute(0));
    estate.write(1);
    estate.write(2, { joins: false });
    estate.crash();
    expect(minutes()).toEqual(["14:20 cut 3"]);
    estate.check();
  });

  test("a leaf that was torn while written was never offered and is sealed anew", () => {
    estate.spool.advance(minute(0));
    estate.write(2);
    estate.spool.advance(minute(1));
    const offered = estate.texts();
    estate.write(1);
    estate.spool.advance(minute(2));
    const size = readFileSync(estate.leafFile).length;
    estate.crash(() => truncateSync(estate.leafFile, size - 5));
    expect(readdirSync(join(estate.folder, "log")).some((name) => name.endsWith(".torn"))).toBe(
      true,
    );
    expect(estate.texts().slice(0, 1)).toEqual(offered);
    expect(minutes()).toEqual(["14:20 whole 2", "14:21 cut 1"]);
    estate.check();
  });

  test("any history of work, stops and kills keeps every law, and no offered leaf ever changes", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant("write"), n: fc.nat(4) }) },
      { weight: 5, arbitrary: fc.record({ do: fc.constant("advance"), n: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("stop"), n: fc.nat(2) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("kill"), n: fc.nat(400) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        estate.remove();
        estate = new Estate();
        let now = 0;
        estate.spool.advance(minute(0));
        for (const { do: what, n } of steps) {
          const offered = estate.texts();
          const before = estate.spool.size;
          if (what === "write") estate.write(n);
          if (what === "advance") {
            now += n;
            const open = estate.spool.openMinute;
            const sealed = estate.spool.advance(minute(now, n));
            if (open !== null) expect(sealed).toBe(n);
          }
          if (what === "stop") {
            estate.spool.cut();
            estate.crash();
          }
          if (what === "kill") {
            // A torn tail: at most the bytes of one leaf that nobody was offered.
            estate.crash(() => appendFileSync(estate.leafFile, "x".repeat(n)));
          }
          expect(estate.texts().slice(0, before)).toEqual(offered);
          if (estate.spool.openMinute === null) estate.spool.advance(minute(now));
          estate.check();
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("a folder that is not ours", () => {
  const refusal = (act: () => unknown): SpoolFailure => {
    try {
      act();
    } catch (failure) {
      if (failure instanceof SpoolFailure) return failure;
      throw failure;
    }
    throw new Error("expected a SpoolFailure, was none");
  };
  const sealed = (): void => {
    estate.spool.advance(minute(0));
    estate.write(2);
    estate.spool.advance(minute(3));
    estate.spool.close();
  };

  test("a journal that lost sealed records is refused", () => {
    sealed();
    const failure = refusal(() =>
      estate.open({ wal: { durableSeq: 1, records: (from) => estate.wal.records(from) } }),
    );
    expect(failure.code).toBe("journal-behind");
    estate.spool = estate.open();
  });

  test("a journal with other lines is refused", () => {
    estate.spool.advance(minute(0));
    estate.write(2);
    estate.spool.cut();
    estate.spool.close();
    const other = new Estate();
    other.write(2);
    expect(refusal(() => estate.open({ wal: other.wal })).code).toBe("differs");
    other.remove();
    estate.spool = estate.open();
  });

  test.each([
    ["a missing leaf", (rows: string[]) => rows.toSpliced(1, 1)],
    ["a doubled leaf", (rows: string[]) => rows.toSpliced(1, 0, rows[0] ?? "")],
    ["garbage", (rows: string[]) => rows.with(1, "garbage")],
    ["another count", (rows: string[]) => rows.map((row) => row.replace('"count":2', '"count":1'))],
    ["an edited text", (rows: string[]) => rows.map((row) => row.replace("whole\\n", "cut\\n"))],
  ])("%s is refused", (_, edit) => {
    sealed();
    const whole = readFileSync(estate.leafFile, "utf8");
    const rows = whole.trimEnd().split("\n");
    writeFileSync(estate.leafFile, `${edit(rows).join("\n")}\n`);
    expect(refusal(() => estate.open()).code).toBe("corrupt");
    writeFileSync(estate.leafFile, whole);
    estate.spool = estate.open();
  });

  test("the leaves of another origin are refused", () => {
    sealed();
    expect(refusal(() => estate.open({ origin: "other.example/j/broker" })).code).toBe("corrupt");
    estate.spool = estate.open();
  });
});

describe("what a mirror is given", () => {
  test("bundles, tiles, proofs and checkpoints of any size agree with the leaves", async () => {
    estate.spool.advance(minute(0));
    estate.spool.advance(minute(300));
    const { spool } = estate;
    const texts = estate.texts();
    const hashes = texts.map((text) => leafHash(utf8(text)));
    for (const [index, width] of [
      [0, 1],
      [0, 256],
      [1, 44],
    ] as const) {
      const from = index * 256;
      const bundle = spool.tile({ level: "entries", index, width });
      expect(parseBundle(bundle, width)).toEqual(texts.slice(from, from + width).map(utf8));
      const tile = spool.tile({ level: 0, index, width });
      expect(tile).toHaveLength(32 * width);
      expect(tile.slice(-32)).toEqual(hashes[from + width - 1]);
    }
    expect(spool.tile({ level: 1, index: 0, width: 1 })).toEqual(rootOf(hashes.slice(0, 256)));
    for (const [oldSize, newSize] of [
      [1, 300],
      [7, 8],
      [255, 257],
      [256, 300],
    ] as const) {
      const oldRoot = rootOf(hashes.slice(0, oldSize));
      const newRoot = rootOf(hashes.slice(0, newSize));
      const proof = spool.consistency(oldSize, newSize);
      expect(verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof }, sha256)).toBe(true);
    }
    const signer = signerOf(ORIGIN, newSeed());
    const note = await spool.checkpoint(signer, 256);
    const text = await openNote(note, vkeyOf(ORIGIN, signer.publicKey), verifyNode);
    expect(parseCheckpoint(text)).toEqual({
      origin: ORIGIN,
      size: 256,
      root: rootOf(hashes.slice(0, 256)),
    });
  });
});
