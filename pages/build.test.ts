import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages } from "./build.ts";

let outDir = "";
const asset = (name: string) => readFile(join(outDir, "assets", name));
const gzipKb = (bytes: Uint8Array) => gzipSync(bytes, { level: 9 }).length / 1000;

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "believe-pages-"));
  await buildPages(outDir);
}, 60_000);

afterAll(() => rm(outDir, { recursive: true, force: true }));

describe("the built Live page", () => {
  test("keeps its script within 60 kB gzip", async () => {
    expect(gzipKb(await asset("live.js"))).toBeLessThanOrEqual(60);
  });

  test("keeps its style sheet within 12 kB gzip", async () => {
    expect(gzipKb(await asset("live.css"))).toBeLessThanOrEqual(12);
  });

  test("keeps Verify within 50 kB of script and its Web Worker within 34", async () => {
    const [page, worker] = await Promise.all(
      ["verify.js", "verify-worker.js"].map(async (name) => gzipKb(await asset(name))),
    );
    expect(page).toBeLessThanOrEqual(50);
    // Nine kB of it are zod with its English; forks, changed keys and the session calendar came to the 26 before.
    expect(worker).toBeLessThanOrEqual(34);
    expect(gzipKb(await asset("verify.css"))).toBeLessThanOrEqual(12);
  });

  test("keeps its fonts within 55 kB and brings their licences", async () => {
    const names = await readdir(join(outDir, "assets/fonts"));
    const fonts = names.filter((name) => name.endsWith(".woff2"));
    const sizes = await Promise.all(fonts.map((name) => asset(`fonts/${name}`)));
    expect(sizes.reduce((sum, font) => sum + font.length, 0) / 1000).toBeLessThanOrEqual(55);
    expect(names.filter((name) => name.endsWith(".OFL.txt"))).toHaveLength(fonts.length);
  });

  test("asks no third party for anything and evaluates no text as code", async () => {
    const script = (await asset("live.js")).toString();
    const style = (await asset("live.css")).toString();
    const hosts = [...style.matchAll(/https?:\/\/[^"')\s]+/g)].map(([url]) => url);
    expect(hosts).toEqual([]);
    expect(script.startsWith("globalThis.__zod_globalConfig={jitless:true};")).toBe(true);
    expect(/\beval\(/.test(script)).toBe(false);
  });
});
