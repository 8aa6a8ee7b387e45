import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KillLatch } from "./kill-latch.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kill-"));
  file = join(folder, "KILL");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the kill latch", () => {
  it("stays set for whoever opens it next, with its reason", () => {
    new KillLatch(file).set("fat finger");
    expect(new KillLatch(file)).toMatchObject({ isSet: true, reason: "fat finger" });
    new KillLatch(file).clear();
    expect(new KillLatch(file).isSet).toBe(false);
  });

  it("keeps a flattening that was asked for once", () => {
    const latch = new KillLatch(file);
    latch.set("out");
    expect(latch.flattens).toBe(false);
    latch.set("out of it all", true);
    latch.set("and again");
    expect(latch).toMatchObject({ reason: "and again", flattens: true });
  });

  it("released without an agent leaves word for the next start, until a kill takes it back", () => {
    const latch = new KillLatch(file);
    latch.set("out");
    latch.release("fixed\nby hand");
    expect(latch).toMatchObject({ isSet: false, released: "fixed by hand" });
    latch.set("no, out");
    expect(latch).toMatchObject({ isSet: true, released: null });
    latch.clear();
    expect(latch.released).toBeNull();
  });

  it("is cleared any number of times", () => {
    const latch = new KillLatch(file);
    latch.clear();
    latch.clear();
    expect(latch.isSet).toBe(false);
  });

  it.each<[string, () => void]>([
    ["an empty file", () => writeFileSync(file, "")],
    ["bytes that are no text", () => writeFileSync(file, Buffer.from([0xff, 0, 0xfe]))],
    ["a folder", () => mkdirSync(file)],
    ["a link that leads to itself", () => symlinkSync(file, file)],
  ])("is set by %s of its name", (_what, make) => {
    make();
    expect(new KillLatch(file).isSet).toBe(true);
    expect(new KillLatch(file).reason).not.toBe("");
    new KillLatch(file).clear();
    expect(new KillLatch(file).isSet).toBe(false);
  });
});
