import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Rehearsal, walkedMarket } from "./rehearsal.ts";
import { replayFile, replaySegments } from "./replay-file.ts";

const folder = mkdtempSync(join(tmpdir(), "believe-replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, lines: readonly string[], end = "\n"): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join("\n") + end);
  return path;
}

/** A session that was cleanly cut in two. */
function twoSegments(): {
  readonly paths: string[];
  readonly tip: string;
  readonly records: number;
} {
  const rehearsal = new Rehearsal();
  rehearsal.start();
  let n = 0;
  for (const event of walkedMarket("file", 50)) {
    if (n++ === 3000) rehearsal.start();
    rehearsal.market(event);
  }
  const paths = rehearsal.segments.map((lines, i) => write(`segment-${i}.jsonl`, lines));
  return { paths, tip: rehearsal.engine.decisionTip, records: rehearsal.records.length };
}

const { paths, tip, records } = twoSegments();
const [first = "", second = ""] = paths;

describe("replaySegments", () => {
  it("comes to the live run's decision tip, each segment alone and each joined to the one before", async () => {
    const result = await replaySegments(paths);
    expect(result).toMatchObject({ decisionTip: tip, unjoined: [] });
    expect(result.segments.map((segment) => segment.torn)).toEqual([false, false]);
    expect((await replayFile(second)).decisionTip).toBe(tip);
    expect(result.records).toBeLessThanOrEqual(records);
    expect(result.segments[1]?.resumedTip).toBe(result.segments[0]?.decisionTip);
  });

  it("names a segment that goes on from elsewhere", async () => {
    const stranger = new Rehearsal();
    stranger.start();
    for (const event of walkedMarket("stranger", 15)) stranger.market(event);
    const path = write("stranger.jsonl", stranger.segments[0] ?? []);
    expect((await replaySegments([path, second])).unjoined).toEqual([second]);
  });

  it("leaves out a last line that a crash cut, and refuses a bad line before it", async () => {
    const lines = readFileSync(first, "utf8").trimEnd().split("\n");
    const torn = write("torn.jsonl", [...lines, '{"kind":"trade","tsUs":17'], "");
    expect(await replayFile(torn)).toMatchObject({ torn: true, events: lines.length });
    const bad = write("bad.jsonl", [...lines.slice(0, 5), "{", ...lines.slice(5)]);
    await expect(replayFile(bad)).rejects.toThrow(/bad\.jsonl, line 6: expected a captured event/);
    await expect(replayFile(join(folder, "none"))).rejects.toThrow("expected a readable capture");
  });
});

describe("two versions of Node", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const older = join(root, "node_modules/older-node-22/bin/node");
  const module = new URL("./replay-file.ts", import.meta.url).href;
  const run = (node: string, script: string, ...rest: string[]): string =>
    execFileSync(node, ["--no-warnings", "--input-type=module", "-e", script, ...rest], {
      cwd: root,
      encoding: "utf8",
    });

  it("replay one capture to one decision tip", { timeout: 60_000 }, (test) => {
    if (!existsSync(older)) return test.skip("the package older-node-22 is not installed");
    const script = `import { replaySegments } from ${JSON.stringify(module)};
      const { decisionTip } = await replaySegments(process.argv.slice(1));
      console.log(process.version.split(".")[0], decisionTip);`;
    expect(run(older, script, ...paths)).toBe(`v22 ${tip}\n`);
    expect(run(process.execPath, script, ...paths).split(" ")[1]).toBe(`${tip}\n`);
  });

  it("are asked about every Math function that shared uses", () => {
    const proven = "floor ceil round trunc abs sign sqrt cbrt exp min max imul log2".split(" ");
    const used = new Set<string>();
    const shared = join(root, "shared/src");
    for (const name of readdirSync(shared, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
      const text = readFileSync(join(shared, name), "utf8");
      for (const [, found = ""] of text.matchAll(/\bMath\.([a-zA-Z0-9]+)/g)) used.add(found);
    }
    expect(used.size).toBeGreaterThan(3);
    expect([...used].filter((name) => !proven.includes(name))).toEqual([]);
  });

  it("agree in every bit on the Math functions that shared may use", {
    timeout: 60_000,
  }, (test) => {
    if (!existsSync(older)) return test.skip("the package older-node-22 is not installed");
    const script = `import { createHash } from "node:crypto";
      let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
      const next = () => {
        const out = (a + b + d) | 0;
        d = (d + 1) | 0; a = b ^ (b >>> 9); b = (c + (c << 3)) | 0; c = (((c << 21) | (c >>> 11)) + out) | 0;
        return (out >>> 0) / 0x100000000;
      };
      const hash = createHash("sha256");
      const out = new Float64Array(13);
      for (let i = 0; i < 200000; i++) {
        const x = (next() - 0.5) * [1, 1e2, 1e4, 1e6, 1e9, 1e12][Math.floor(next() * 6)];
        const p = Math.abs(x);
        out.set([Math.floor(x), Math.ceil(x), Math.round(x), Math.trunc(x), Math.abs(x), Math.sign(x),
          Math.sqrt(p), Math.cbrt(p), Math.exp(-next() * 30), Math.min(x, p / 2), Math.max(x, p / 2), Math.imul(x, p), Math.log2(1 + p)]);
        hash.update(new Uint8Array(out.buffer));
      }
      console.log(hash.digest("hex"));`;
    expect(run(older, script)).toBe(run(process.execPath, script));
  });
});
