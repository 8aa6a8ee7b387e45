import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keysText, runVerify, ScratchFolder } from "../test/estate-on-disk.ts";
import { historicLog } from "../test/served-history.ts";
import { estateKeys, ServedLog } from "../test/served-log.ts";
import { tamperings } from "../test/tamperings/index.ts";
import { plans } from "../test/tamperings/plans.ts";

const scratch = new ScratchFolder();
afterAll(() => scratch.remove());

let good: ServedLog;
let keys: string;
beforeAll(async () => {
  good = await historicLog();
  keys = scratch.file("public.txt", keysText());
});

describe("a tampered record", { timeout: 30_000 }, () => {
  it("is told from the untampered one, which passes", async () => {
    const run = await runVerify(scratch.mirror(good), "--keys", keys);
    expect([run.code, run.err.filter((line) => line.startsWith("believe"))]).toEqual([0, []]);
    expect(run.last).toBe(
      `OK 600 leaves, 725 records, root ${/\n600\n(\S+)/.exec(good.text("checkpoint"))?.[1]}`,
    );
    const said = run.out.join("\n");
    expect(said).toContain("580 of 600 leaves");
    expect(said).toContain("witnessed by machines of the operator only");
    expect(said).toContain("899 minutes without a leaf after leaf 299");
    expect(said).toMatch(/not checked.*20 leaves/);
    expect(said).toMatch(/^key +key changed at size 300: [0-9a-f]{8} gave way to [0-9a-f]{8}/m);
    expect(said).toMatch(/^fork +a second history of 200 leaves was signed/m);
    expect(said).toContain("at size 200 by its operator: a copy of the disk ran beside it");
    expect(said).not.toContain("its word is not checked");
  });

  for (const { what, place, change } of tamperings) {
    it(`ends with 1 and names the place: ${what}`, async () => {
      const log = good.copy();
      await change(log);
      const run = await runVerify(scratch.mirror(log), "--keys", keys);
      expect(run.code).toBe(1);
      expect(run.last).toMatch(/^TAMPERED /);
      expect(run.last).toMatch(place);
    });
  }

  it("ends with 1 for a damaged keys file, naming the line", async () => {
    const text = readFileSync(keys, "utf8").replace(/(witness\+[0-9a-f]{7})./, "$1g");
    const run = await runVerify(scratch.mirror(good), "--keys", scratch.file("bad.txt", text));
    expect([run.code, run.last]).toEqual([1, expect.stringContaining("keys file line 4")]);
  });

  it("ends with 1 when all of it was signed anew by other keys", async () => {
    const fake = await ServedLog.of(plans(), estateKeys(7));
    const run = await runVerify(scratch.mirror(fake), "--keys", keys);
    expect(run.code).toBe(1);
    expect(run.last).toMatch(/^TAMPERED checkpoint.*a key was changed/);
  });
});
