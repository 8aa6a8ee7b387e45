import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vkeyOf } from "@believe/shared/wire/log";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGoVerifier } from "./go.ts";
import { mirrorInto } from "./mirrored-folder.ts";
import { MINUTES, type ServedRecord, serveRecord } from "./served-record.ts";
import { handedOver, historic } from "./tampered-keys.ts";
import { tamperings } from "./tamperings.ts";

const verifier = buildGoVerifier();
const noGo = "absent" in verifier ? ` (skipped: ${verifier.absent})` : "";
const hasOpenSsl = spawnSync("openssl", ["version"]).stdout?.includes("OpenSSL 3") ?? false;
const noOpenSsl = hasOpenSsl ? "" : " (skipped: no OpenSSL 3 on the path)";
for (const why of [noGo, noOpenSsl]) if (why !== "") console.info(`not checked from outside${why}`);

interface Verdict {
  readonly code: number;
  readonly said: string;
}

function run(program: string, ...args: string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(program, args, (error, said) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, said });
    });
  });
}

const verify = (...args: string[]): Promise<Verdict> =>
  run("binary" in verifier ? verifier.binary : "", ...args);

const operatorOf = ({ operator }: ServedRecord): string =>
  vkeyOf(operator.name, operator.publicKey);

const folder = mkdtempSync(join(tmpdir(), "believe-stranger-"));
const good = join(folder, "good");
let served: ServedRecord | undefined;

function record(): ServedRecord {
  if (served === undefined) throw new Error("expected a served record, was none");
  return served;
}

beforeAll(async () => {
  if (noGo !== "" && noOpenSsl !== "") return;
  served = await serveRecord();
  await mirrorInto(good, served.url, MINUTES, ["2024-01-09", "2024-01-10"]);
  writeFileSync(
    join(good, "keys.txt"),
    `${served.vkey}\n${served.witnessVkey}\n${operatorOf(served)}\n`,
  );
  writeFileSync(join(good, "old-checkpoint"), served.oldCheckpoint);
});
afterAll(async () => {
  await served?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A damaged copy of the mirrored folder. */
async function damaged({ says, act }: (typeof tamperings)[number]): Promise<string> {
  const copy = join(folder, says.replaceAll(/\W+/g, "-"));
  cpSync(good, copy, { recursive: true });
  await act(copy, record());
  return copy;
}

describe.skipIf(noGo !== "")(`a stranger with Go${noGo}`, () => {
  const check = (copy: string, source = copy) =>
    verify("-whole", "-old", join(copy, "old-checkpoint"), source, join(copy, "keys.txt"));

  test("accepts what the running Worker serves, to the last record", async () => {
    const { code, said } = await check(good, record().url);
    expect(said).toContain(`OK ${MINUTES} entries, every tile, ${MINUTES} opened minutes\n`);
    expect(said).toMatch(/^opened {4}300 minutes, 40 records, 200 commitments kept closed$/m);
    expect(said).toMatch(/^witnesses log\.example\/witness$/m);
    expect(code).toBe(0);
  });

  test("accepts the same as a folder", async () => {
    expect((await check(good)).code).toBe(0);
  });

  test("follows a changed key from the one that it knows, and prints the fork that the operator ended", async () => {
    const copy = await damaged({ says: "a changed key", place: "", act: historic });
    const { code, said } = await check(copy);
    expect(said).toMatch(/^key {7}changed at size 200 to [0-9a-f]{8}$/m);
    expect(said).toMatch(/^fork {6}at size 150, unfrozen at size 150: "a disk was copied"$/m);
    expect(code).toBe(0);
    const still = await damaged({ says: "a key just changed", place: "", act: handedOver });
    expect((await check(still)).code).toBe(0);
  });

  test("has at least twelve ways to be deceived", () => {
    expect(tamperings.length).toBeGreaterThanOrEqual(12);
    expect(new Set(tamperings.map(({ says }) => says)).size).toBe(tamperings.length);
  });

  test.each(tamperings)("refuses $says", async (tampering) => {
    const copy = await damaged(tampering);
    const { code, said } = await check(copy);
    expect(said).toMatch(/^FAIL [^\n]+\n$/);
    expect(said.replaceAll(`${copy}/`, "")).toContain(`FAIL ${tampering.place}`);
    expect(code).toBe(1);
  });

  test("says how it wants to be called", async () => {
    expect((await verify()).code).toBe(2);
  });
});

describe.skipIf(noOpenSsl !== "")(`a stranger with OpenSSL${noOpenSsl}`, () => {
  const check = (checkpoint: string, vkey = record().vkey) =>
    run("sh", join(import.meta.dirname, "openssl.sh"), checkpoint, vkey);

  test("accepts the checkpoint that the Worker serves", async () => {
    const { code, said } = await check(join(good, "checkpoint"));
    expect(said).toContain("Signature Verified Successfully");
    expect(code).toBe(0);
    expect((await check(`${record().url}/checkpoint`)).code).toBe(0);
  });

  const ofSignature = tamperings.filter(({ says }) =>
    /the checkpoint's|the signature|fake record/.test(says),
  );

  test.each(ofSignature)("refuses $says", async (tampering) => {
    const copy = await damaged({ ...tampering, says: `openssl ${tampering.says}` });
    const { code, said } = await check(join(copy, "checkpoint"));
    expect(said).not.toContain("Successfully");
    expect(code).not.toBe(0);
  });

  test("refuses another key of the same name", async () => {
    const { code } = await check(
      join(good, "checkpoint"),
      record().witnessVkey.replace(/\/witness/, "/j/broker"),
    );
    expect(code).not.toBe(0);
  });
});
