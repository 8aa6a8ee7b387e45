import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FolderTailer } from "./folder-tailer.ts";
import { TailFailure } from "./tail-failure.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "believe-folder-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function follow(options: { from?: string; clock?: () => number; folder?: string } = {}) {
  const seen: string[] = [];
  const tailer = new FolderTailer({
    folder: options.folder ?? home,
    seriesOf: (name) => /^([a-z]+)_\d+\.csv$/.exec(name)?.[1] ?? null,
    from: () => options.from ?? null,
    ...(options.clock ? { monotonicMs: options.clock } : {}),
    open: (_series, name) => ({
      state: null,
      consumer: {
        line: (line) => seen.push(`${name}:${line.toString()}`),
        refused: (piece, _offset, why) => seen.push(`${name}!${why}:${piece.toString()}`),
        rewritten: (why) => seen.push(`${name}!${why}`),
      },
    }),
  });
  const poll = (): boolean => {
    tailer.scan();
    return [...tailer.series].every((series) => series.poll(1 << 20));
  };
  return { tailer, seen, poll };
}

describe("a folder tailer", () => {
  it("reads each series in name order and leaves a file only for a later one", () => {
    let nowMs = 0;
    const { seen, poll, tailer } = follow({ clock: () => nowMs });
    writeFileSync(join(home, "t_2.csv"), "c\n");
    writeFileSync(join(home, "t_1.csv"), "a\nb\ntorn");
    writeFileSync(join(home, "other.txt"), "x\n");
    writeFileSync(join(home, "u_1.csv"), "z\n");
    expect(poll()).toBe(true);
    expect(seen.filter((line) => line.startsWith("t"))).toEqual([
      "t_1.csv:a",
      "t_1.csv:b",
      "t_1.csv!torn:torn",
      "t_2.csv:c",
    ]);
    appendFileSync(join(home, "t_2.csv"), "d\n");
    writeFileSync(join(home, "t_3.csv"), "e\n");
    nowMs = 2000;
    poll();
    expect(seen.slice(-2)).toEqual(["t_2.csv:d", "t_3.csv:e"]);
    expect(seen).toContain("u_1.csv:z");
    for (const series of tailer.series) series.close();
  });

  it("leaves files before the given one alone", () => {
    const { seen, poll } = follow({ from: "t_2.csv" });
    writeFileSync(join(home, "t_1.csv"), "a\n");
    writeFileSync(join(home, "t_2.csv"), "b\n");
    poll();
    expect(seen).toEqual(["t_2.csv:b"]);
  });

  it("finds a new file by rescan when no event says so", () => {
    let nowMs = 0;
    const { seen, poll } = follow({ clock: () => nowMs });
    poll();
    writeFileSync(join(home, "t_1.csv"), "a\n");
    nowMs = 999;
    poll();
    expect(seen).toEqual([]);
    nowMs = 1000;
    poll();
    expect(seen).toEqual(["t_1.csv:a"]);
  });

  it("notices a new file by event, without the rescan", async () => {
    const { seen, poll, tailer } = follow({ clock: () => 0 });
    await tailer.start();
    poll();
    await vi.waitFor(
      () => {
        writeFileSync(join(home, "t_1.csv"), "a\n");
        poll();
        expect(seen).toContain("t_1.csv:a");
      },
      { timeout: 5000, interval: 20 },
    );
    await tailer.stop();
  });

  it("makes a missing folder and refuses a file in its place", async () => {
    const made = follow({ folder: join(home, "new", "feed") });
    await made.tailer.start();
    await made.tailer.stop();
    mkdirSync(join(home, "x"));
    writeFileSync(join(home, "x", "feed"), "");
    const refused = follow({ folder: join(home, "x", "feed") });
    await expect(refused.tailer.start()).rejects.toThrow(TailFailure);
  });
});
