import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  formatTlogProof,
  parseKeysFile,
  parseTlogProof,
  verifyEntryProof,
} from "@believe/shared/wire/log";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keysText, runVerify, ScratchFolder } from "../test/estate-on-disk.ts";
import { estateKeys, haltLine, halts, ServedLog } from "../test/served-log.ts";
import { nodeTools } from "./tools.ts";

const scratch = new ScratchFolder();
afterAll(() => scratch.remove());

let mirror: string;
let keys: string;
const proofFile = join(scratch.path, "7.tlog-proof");
beforeAll(async () => {
  mirror = scratch.mirror(await ServedLog.of(halts([1, 0, 2, 7, 0, 4, 1])));
  keys = scratch.file("public.txt", keysText());
  await runVerify("proof", mirror, "--seq", "7", "--out", proofFile, "--keys", keys);
});

describe("a proof of one record", { timeout: 30_000 }, () => {
  it("is written for every record and holds without the log", async () => {
    for (let seq = 0; seq < 15; seq++) {
      const out = join(scratch.path, `${seq}.tlog-proof`);
      const made = await runVerify(
        "proof",
        mirror,
        "--seq",
        `${seq}`,
        "--out",
        out,
        "--keys",
        keys,
      );
      expect(made.code).toBe(0);
      const run = await runVerify(out, "--keys", keys);
      expect([run.code, run.out[0]]).toEqual([0, `record      ${haltLine(seq)}`]);
      expect(run.last).toMatch(new RegExp(`^OK record ${seq} in leaf \\d of 7 leaves of `));
    }
  });

  it("has the form of C2SP tlog-proof", () => {
    const text = readFileSync(proofFile, "utf8");
    const lines = text.split("\n");
    expect(lines[0]).toBe("c2sp.org/tlog-proof@v1");
    expect(lines[1]).toMatch(/^extra [A-Za-z0-9+/]+=*$/);
    expect(lines[2]).toBe("index 3");
    expect(lines[3]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(text.split("\n\n")[1]).toMatch(/^log\.example\.test\/j\/broker\n7\n/);
    expect(formatTlogProof(parseTlogProof(text))).toBe(text);
  });

  it("is refused after any change of a character", async () => {
    const text = readFileSync(proofFile, "utf8");
    const known = parseKeysFile(readFileSync(keys, "utf8"));
    const any = fc.tuple(fc.nat(text.length - 1), fc.constantFrom(...'AZaz09+/=\n —LR{"'));
    await fc.assert(
      fc.asyncProperty(any, async ([at, to]) => {
        fc.pre(text[at] !== to);
        const changed = text.slice(0, at) + to + text.slice(at + 1);
        await expect(verifyEntryProof(changed, known, nodeTools)).rejects.toMatchObject({
          code: expect.stringMatching(/^(tampered|malformed)$/),
        });
      }),
      { numRuns: 250 },
    );
  });

  it("is refused with 1 under other keys, and by name when the line was changed", async () => {
    const other = scratch.file("other.txt", keysText(estateKeys(7)));
    expect((await runVerify(proofFile, "--keys", other)).code).toBe(1);
    const proof = parseTlogProof(readFileSync(proofFile, "utf8"));
    const extra = new TextDecoder()
      .decode(proof.extra ?? new Uint8Array(0))
      .replace("doubt", "trust");
    const forged = formatTlogProof({ ...proof, extra: new TextEncoder().encode(extra) });
    const run = await runVerify(scratch.file("forged.tlog-proof", forged), "--keys", keys);
    expect([run.code, run.last]).toEqual([
      1,
      expect.stringMatching(/leaf 3 \(2024-01-09T23:33Z\) seq 7/),
    ]);
  });

  it("can be checked against a pin, and asks for keys without one", async () => {
    const pins = join(scratch.path, "pins.json");
    expect((await runVerify(proofFile, "--pins", pins)).code).toBe(2);
    expect((await runVerify(mirror, "--pins", pins)).code).toBe(3);
    expect((await runVerify(proofFile, "--pins", pins)).code).toBe(0);
  });

  it("of a record that is not open, or of junk, is one sentence", async () => {
    const run = await runVerify("proof", mirror, "--seq", "99", "--out", proofFile, "--keys", keys);
    expect([run.code, run.err.at(-1)]).toEqual([2, expect.stringContaining("99")]);
    expect((await runVerify(scratch.file("junk", "junk"), "--keys", keys)).code).toBe(1);
    expect(
      (await runVerify(scratch.file("bytes", new Uint8Array([255])), "--keys", keys)).code,
    ).toBe(1);
  });
});
