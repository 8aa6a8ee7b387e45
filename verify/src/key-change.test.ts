import { readFileSync } from "node:fs";
import { join } from "node:path";
import { signerOf } from "@believe/host/keys";
import { parsePins, vkeyOf } from "@believe/shared/wire/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keysText, runVerify, ScratchFolder } from "../test/estate-on-disk.ts";
import { changedKey, historicLog, KEY_CHANGE_SIZE } from "../test/served-history.ts";
import { estateKeys, ORIGIN, ServedLog, vkeysOf } from "../test/served-log.ts";
import { plans } from "../test/tamperings/plans.ts";

const scratch = new ScratchFolder();
afterAll(() => scratch.remove());

const old = vkeysOf(estateKeys(1)).journal;
const now = vkeyOf(ORIGIN, changedKey.publicKey);
const pins = join(scratch.path, "pins.json");
const pinned = () => parsePins(readFileSync(pins, "utf8")).logs[ORIGIN];

let before: ServedLog;
let after: ServedLog;
beforeAll(async () => {
  before = await ServedLog.of(plans().slice(0, KEY_CHANGE_SIZE));
  after = await historicLog();
});

describe("a log that changed its key", { timeout: 30_000 }, () => {
  it("is followed from the pinned key to the new one, which is pinned from then on", async () => {
    expect((await runVerify(scratch.mirror(before), "--pins", pins)).code).toBe(3);
    expect(pinned()).toMatchObject({ vkey: old, size: KEY_CHANGE_SIZE });
    const run = await runVerify(scratch.mirror(after), "--pins", pins);
    expect([run.code, run.out.join("\n")]).toEqual([
      0,
      expect.stringContaining("key changed at size 300"),
    ]);
    expect(run.out.join("\n")).toContain("its word is not checked");
    expect(pinned()).toMatchObject({ vkey: now, size: 600 });
    expect((await runVerify(scratch.mirror(after), "--pins", pins)).code).toBe(0);
  });

  it("cannot go back to the old key for a visitor who knows the new one", async () => {
    const back = after.copy();
    back.files.delete("key-changes");
    await back.sign();
    const run = await runVerify(scratch.mirror(back), "--pins", pins);
    expect([run.code, run.last]).toEqual([1, expect.stringContaining("a key was changed")]);
    expect(pinned()?.vkey).toBe(now);
  });

  it("is served under the old key until the new one signed its first leaf, at that very size", async () => {
    const keys = scratch.file("public.txt", keysText());
    const handed = before.copy();
    handed.files.set("key-changes", after.files.get("key-changes") ?? new Uint8Array(0));
    handed.files.set("vkey", after.files.get("vkey") ?? new Uint8Array(0));
    expect((await runVerify(scratch.mirror(handed), "--keys", keys)).code).toBe(0);
    const longer = await ServedLog.of(plans().slice(0, KEY_CHANGE_SIZE + 1));
    for (const path of ["key-changes", "vkey"]) {
      longer.files.set(path, after.files.get(path) ?? new Uint8Array(0));
    }
    expect((await runVerify(scratch.mirror(longer), "--keys", keys)).code).toBe(1);
  });

  it("remembers the operator's key where a keys file named it", async () => {
    const keys = scratch.file("public.txt", keysText());
    const fresh = join(scratch.path, "fresh.json");
    const { operator } = vkeysOf(estateKeys(1));
    const folder = scratch.mirror(after);
    expect((await runVerify(folder, "--keys", keys, "--pins", fresh)).code).toBe(0);
    expect(parsePins(readFileSync(fresh, "utf8")).logs[ORIGIN]).toMatchObject({ operator });
    const run = await runVerify(folder, "--pins", fresh);
    expect([run.code, run.out.join("\n").includes("not checked: the")]).toEqual([0, false]);
    expect(run.out.join("\n")).not.toContain("its word is not checked");
  });

  it("of whose keys none is known is refused, whatever it says of changes", async () => {
    const stranger = signerOf(ORIGIN, new Uint8Array(32).fill(99));
    const keys = scratch.file("other.txt", `${vkeyOf(ORIGIN, stranger.publicKey)}\n`);
    const run = await runVerify(scratch.mirror(after), "--keys", keys);
    expect([run.code, run.last]).toEqual([1, expect.stringContaining("key-changes/0")]);
  });
});
