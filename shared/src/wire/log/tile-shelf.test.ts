import type { Bytes } from "@believe/shared/base";
import { describe, expect, test } from "vitest";
import { bench300, newMirror, SampleLog, statusOf } from "./mirror.fixture.ts";
import type { LogMirror } from "./mirror.ts";

const other = SampleLog.of(300, "b");

describe("a PUT", () => {
  const bundle = { level: "entries", index: 1 } as const;

  test("ahead of the checkpoint may be replaced, of covered bytes never", async () => {
    const { bench, log } = await bench300();
    const ahead = { ...bundle, width: 44 };
    const changed = log.bundle(ahead);
    changed[changed.length - 3] = 65;
    expect((await bench.mirror.putTile(ahead, changed)).kind).toBe("stored");
    expect((await bench.mirror.putTile(ahead, changed)).kind).toBe("same");
    expect((await bench.mirror.putTile(ahead, log.bundle(ahead))).kind).toBe("stored");
    const early = log.bundle(ahead);
    early[30] = 65;
    expect((await bench.mirror.putTile(ahead, early)).kind).toBe("conflict");
    const before = bench.dump();
    for (const width of [1, 4]) {
      const covered = { ...bundle, width };
      expect((await bench.mirror.putTile(covered, log.bundle(covered))).kind).toBe("same");
      expect((await bench.mirror.putTile(covered, other.bundle(covered))).kind).toBe("conflict");
    }
    const full = { level: "entries", index: 0, width: 256 } as const;
    expect((await bench.mirror.putTile(full, log.bundle(full))).kind).toBe("same");
    expect((await bench.mirror.putTile(full, other.bundle(full))).kind).toBe("conflict");
    const part = { ...full, width: 9 };
    expect((await bench.mirror.putTile(part, log.bundle(part))).kind).toBe("same");
    expect((await bench.mirror.putTile(part, other.bundle(part))).kind).toBe("conflict");
    expect(bench.dump()).toBe(before);
  });

  test("of a tile that is a blob by now is compared with the blob", async () => {
    const bench = newMirror();
    const log = SampleLog.of(520);
    await bench.push(log, 0, 300);
    expect(bench.storage.slot({ level: "entries", index: 0 })?.kind).toBe("row");
    expect(bench.blobs.blobs.size).toBe(2);
    await bench.push(log, 300, 520);
    for (const level of [0, "entries"] as const) {
      expect(bench.storage.slot({ level, index: 0 })?.kind).toBe("blob");
      expect(bench.storage.slot({ level, index: 1 })?.kind).toBe("row");
    }
    const before = bench.dump();
    for (const { name, bytes } of [
      ...log.puts(0, 256),
      ...log.puts(0, 77),
      ...log.puts(256, 512),
    ]) {
      expect(await bench.mirror.readTile(name)).toEqual(bytes);
      expect((await bench.mirror.putTile(name, bytes)).kind).toBe("same");
      const changed = bytes.with(bytes.length - 2, (bytes.at(-2) ?? 0) ^ 1);
      expect((await bench.mirror.putTile(name, changed)).kind).toBe("conflict");
    }
    expect(bench.dump()).toBe(before);
    bench.blobs.blobs.clear();
    const lost = bench.mirror.readTile({ level: 0, index: 0, width: 256 });
    await expect(lost).rejects.toMatchObject({ code: "missing-hash" });
  });

  test("of a wrong form, size or place stores nothing", async () => {
    const { bench, log } = await bench300();
    const before = bench.dump();
    const ahead = { ...bundle, width: 44 };
    const put = async (name: Parameters<LogMirror["putTile"]>[0], bytes: Bytes) =>
      (await bench.mirror.putTile(name, bytes)).kind;
    expect(await put({ ...bundle, width: 43 }, log.bundle(ahead))).toBe("malformed");
    expect(await put(ahead, log.bundle(ahead).slice(1))).toBe("malformed");
    expect(await put({ level: 0, index: 1, width: 44 }, new Uint8Array(31))).toBe("malformed");
    expect(await put({ level: 7, index: 0, width: 1 }, new Uint8Array(32))).toBe("malformed");
    expect(await put({ level: 0, index: 258, width: 1 }, new Uint8Array(32))).toBe("too-far");
    const large = new Uint8Array(2 + 0xffff);
    large.set([0xff, 0xff]);
    expect(await put({ ...bundle, index: 2, width: 1 }, large)).toBe("malformed");
    expect(bench.dump()).toBe(before);
  });

  test("late of a narrower width keeps the wider one", async () => {
    const { bench, log } = await bench300();
    const late = { ...bundle, width: 20 };
    expect((await bench.mirror.putTile(late, log.bundle(late))).kind).toBe("same");
    expect(await statusOf(bench, await log.addAt(260, 300))).toBe(200);
  });
});
