import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TailState } from "./tail-state.ts";
import { LONGEST_LINE_BYTES, type TailConsumer, Tailer } from "./tailer.ts";

let home = "";
let path = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-tail-"));
  path = join(home, "a.csv");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

class Seen implements TailConsumer {
  readonly lines: string[] = [];
  readonly offsets: number[] = [];
  readonly events: string[] = [];
  line(line: Buffer, offset: number): void {
    this.lines.push(line.toString("latin1"));
    this.offsets.push(offset);
  }
  refused(piece: Buffer, offset: number, why: string): void {
    this.events.push(`${why}@${offset}+${piece.length}`);
  }
  rewritten(why: string): void {
    this.events.push(why);
  }
}

function tailer(
  seen: Seen,
  options: { state?: TailState; monotonicMs?: () => number } = {},
): Tailer {
  return new Tailer({ path, consumer: seen, ...options });
}

describe("a tailer", () => {
  it("hands out complete lines with their offsets and holds a torn last line", () => {
    const seen = new Seen();
    const tail = tailer(seen);
    expect(tail.poll()).toBe(true);
    writeFileSync(path, "one\r\ntwo\r\nthr");
    tail.poll();
    expect(seen.lines).toEqual(["one\r", "two\r"]);
    appendFileSync(path, "ee\r\n");
    tail.poll();
    expect(seen.lines).toEqual(["one\r", "two\r", "three\r"]);
    expect(seen.offsets).toEqual([0, 5, 10]);
    tail.close();
  });

  it("goes on after a restart where the last complete line ended", () => {
    writeFileSync(path, "h\n1\n2\ntorn");
    const before = new Seen();
    const first = tailer(before);
    first.poll();
    const state = first.state;
    first.close();
    appendFileSync(path, "!\n3\n");
    const after = new Seen();
    tailer(after, { state }).poll();
    expect(after.lines).toEqual(["torn!", "3"]);
    expect(after.events).toEqual([]);
  });

  it("finds a longer rewrite in place that keeps the header and the marker's bytes", () => {
    const seen = new Seen();
    const tail = tailer(seen);
    const tailBytes = "x".repeat(40);
    writeFileSync(path, `header\nA1,${tailBytes}\nA2,${tailBytes}\n`);
    tail.poll();
    writeFileSync(path, `header\nB1,${tailBytes}\nB2,${tailBytes}\nB3,${tailBytes}\n`);
    tail.poll();
    expect(seen.events).toEqual(["changed"]);
    expect(seen.lines.slice(3).map((line) => line.slice(0, 2))).toEqual(["he", "B1", "B2", "B3"]);
    tail.close();
  });

  it("finds a shorter rewrite and an emptied file", () => {
    const seen = new Seen();
    const tail = tailer(seen);
    writeFileSync(path, "header\n1\n2\n3\n");
    tail.poll();
    writeFileSync(path, "header\n9\n");
    tail.poll();
    expect(seen.lines.slice(4)).toEqual(["header", "9"]);
    truncateSync(path, 0);
    tail.poll();
    appendFileSync(path, "new\n");
    tail.poll();
    expect(seen.events).toEqual(["shrank", "shrank"]);
    expect(seen.lines.at(-1)).toBe("new");
    tail.close();
  });

  it("finds an equal-size rewrite within the recheck time of an idle file, and not before", () => {
    let nowMs = 0;
    const seen = new Seen();
    const tail = tailer(seen, { monotonicMs: () => nowMs });
    writeFileSync(path, "header\n1\n2\n");
    tail.poll();
    writeFileSync(path, "header\n3\n4\n");
    nowMs = 500;
    tail.poll();
    expect(seen.events).toEqual([]);
    nowMs = 1001;
    tail.poll();
    expect(seen.events).toEqual(["changed"]);
    expect(seen.lines.slice(-2)).toEqual(["3", "4"]);
    tail.close();
  });

  it("drains a renamed file before it turns to the one created in its place", () => {
    const seen = new Seen();
    const tail = tailer(seen);
    writeFileSync(path, "h\n1\n");
    tail.poll();
    appendFileSync(path, "2\ntor");
    renameSync(path, `${path}.1`);
    tail.poll();
    expect(seen.lines).toEqual(["h", "1", "2"]);
    writeFileSync(path, "h\n3\n");
    tail.poll();
    expect(seen.lines).toEqual(["h", "1", "2", "h", "3"]);
    expect(seen.events).toEqual(["torn@6+3", "replaced"]);
    tail.close();
  });

  it("finds each rewrite made while it was down", () => {
    const original = "h\n1\n2\n";
    const changes: [string, () => void][] = [
      ["shrank", () => writeFileSync(path, "h\n9\n")],
      ["changed", () => writeFileSync(path, "h\n7\n8\n")],
      ["changed", () => writeFileSync(path, "h\n7\n8\n9\n")],
      [
        "replaced",
        () => {
          writeFileSync(`${path}.new`, `${original}3\n`);
          renameSync(`${path}.new`, path);
        },
      ],
    ];
    for (const [why, change] of changes) {
      writeFileSync(path, original);
      const first = tailer(new Seen());
      first.poll();
      const { state } = first;
      change();
      const seen = new Seen();
      const second = tailer(seen, { state });
      second.poll();
      expect(seen.events, why).toEqual([why]);
      expect(seen.lines[0]).toBe("h");
      first.close();
      second.close();
    }
  });

  it("refuses a line beyond the bound in pieces and goes on with the next line", () => {
    const seen = new Seen();
    const tail = tailer(seen);
    const long = LONGEST_LINE_BYTES * 2 + 10;
    writeFileSync(path, `a\n${"x".repeat(LONGEST_LINE_BYTES + 5)}`);
    tail.poll();
    const { state } = tail;
    expect(state.overlong).toBe(true);
    tail.close();
    appendFileSync(path, `${"x".repeat(LONGEST_LINE_BYTES + 5)}\nb\n`);
    const later = new Seen();
    tailer(later, { state }).poll();
    expect(seen.events).toEqual([`overlong@2+${LONGEST_LINE_BYTES}`]);
    expect(later.lines).toEqual(["b"]);
    const pieces = [...seen.events, ...later.events].map((event) => Number(event.split("+")[1]));
    expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(long);
  });

  it("delivers every line once, whatever the appends and wherever it is killed and restarted", () => {
    const line = fc.string({ unit: fc.constantFrom("a", "b", ",", "\r"), maxLength: 40 });
    const script = fc.array(fc.tuple(fc.nat(60), fc.boolean()), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), script, (lines, steps) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
        writeFileSync(path, "");
        const seen = new Seen();
        let tail = tailer(seen);
        let at = 0;
        for (const [length, dies] of steps) {
          appendFileSync(path, bytes.subarray(at, at + length));
          at = Math.min(bytes.length, at + length);
          tail.poll();
          if (!dies) continue;
          const { state } = tail;
          tail.close();
          tail = tailer(seen, state.offset > 0 ? { state } : {});
        }
        appendFileSync(path, bytes.subarray(at));
        tail.poll();
        tail.close();
        rmSync(path);
        expect(seen.lines).toEqual(lines);
        expect(seen.events).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
