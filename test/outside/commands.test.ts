import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/paths.ts";
import { type Lie, lyingEdge } from "./lying-edge.ts";
import { boxWith, printedCommands } from "./printed-commands.ts";
import { type ServedRecord, serveRecord } from "./served-record.ts";

const MINUTES = 20;

const answers = (program: string, ...args: string[]): string =>
  spawnSync(program, args).stdout?.toString() ?? "";

const isUnix = process.platform !== "win32";
const hasTools = isUnix && answers("curl", "--version").startsWith("curl");
const hasOpenSsl = hasTools && answers("openssl", "version").includes("OpenSSL 3");
const hasGo =
  isUnix &&
  answers("go", "version").startsWith("go version") &&
  existsSync("/usr/share/gocode/src/golang.org/x/mod/sumdb/note");
const noOpenSsl = hasOpenSsl ? "" : " (skipped: no curl and OpenSSL 3 on the path)";
const noGo = hasGo ? "" : " (skipped: no go on the path with Debian's golang-golang-x-mod-dev)";
const noShell = isUnix ? "" : " (skipped: no POSIX shell)";
for (const why of [noShell, noOpenSsl, noGo]) if (why !== "") console.info(`not typed${why}`);

/** What no checkout has: it is built, fetched or kept by an editor. */
const NOT_CHECKED_OUT = new Set([".git", ".wrangler", "node_modules", "dist"]);

const folders: string[] = [];
let served: ServedRecord;

/** A new empty folder; with `isCheckout` the sources as a stranger has them after `npm ci`. */
function freshFolder(isCheckout: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), "believe-typed-"));
  folders.push(folder);
  if (isCheckout) {
    cpSync(ROOT, folder, {
      recursive: true,
      filter: (source) => source === ROOT || !NOT_CHECKED_OUT.has(basename(source)),
    });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  }
  return folder;
}

interface Outcome {
  readonly code: number;
  readonly said: string;
}

/** Types the lines into a shell, one after the other whatever each comes to; the last one's code is the outcome's. */
function typed(cwd: string, ...boxes: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile("sh", ["-c", boxes.join("\n")], { cwd }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, said: `${out}${err}` });
    });
  });
}

const isEntries = (path: string): boolean => path.includes("/tile/entries/");
const otherEntry: Lie = (path, body) => {
  if (isEntries(path)) body.writeUInt8(body.readUInt8(body.length - 1) ^ 1, body.length - 1);
  return body;
};
const otherSize: Lie = (path, body) =>
  path === "/log/broker/checkpoint"
    ? Buffer.from(body.toString().replace(`\n${MINUTES}\n`, `\n${MINUTES - 1}\n`))
    : body;
const honest: Lie = (_, body) => body;

/** Types what the page of an edge that lies so prints: the keys, then the box with `words`. */
async function follow(lie: Lie, words: string, folder: string): Promise<Outcome> {
  const edge = await lyingEdge(new URL(served.url).origin, lie);
  try {
    const boxes = await printedCommands(edge.origin);
    return await typed(folder, boxWith(boxes, "> keys.txt"), boxWith(boxes, words));
  } finally {
    await edge.stop();
  }
}

beforeAll(async () => {
  served = await serveRecord(MINUTES);
});
afterAll(async () => {
  await served?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test("the page prints four boxes of commands, each of them typed below", async () => {
  const boxes = await printedCommands(new URL(served.url).origin);
  expect(boxes).toHaveLength(4);
  for (const words of ["> keys.txt", "npm run verify", "go build", "openssl pkeyutl"]) {
    expect(boxWith(boxes, words)).toContain(words);
  }
});

describe.skipIf(noShell !== "")(`our own command line${noShell}`, () => {
  const folder = isUnix ? freshFolder(true) : "";

  test("accepts the log, with the keys that the page wrote", async () => {
    const { code, said } = await follow(honest, "npm run verify", folder);
    expect(said).toMatch(/^OK\b/m);
    expect(code).toBe(0);
  });

  test.each([
    ["another entry", otherEntry, "leaf"],
    ["another size", otherSize, "checkpoint"],
  ])("refuses %s", async (_, lie, place) => {
    const { code, said } = await follow(lie, "npm run verify", folder);
    expect(said).toMatch(new RegExp(`^TAMPERED ${place}\\b`, "m"));
    expect(code).toBe(1);
  });
});

describe.skipIf(noGo !== "")(`Go’s library${noGo}`, () => {
  const folder = hasGo ? freshFolder(true) : "";

  test("accepts the log, built as the page says", async () => {
    const { code, said } = await follow(honest, "go build", folder);
    expect(said).toContain(`OK ${MINUTES} entries`);
    expect(code).toBe(0);
  });

  test.each([
    ["another entry", otherEntry],
    ["another size", otherSize],
  ])("refuses %s", async (_, lie) => {
    const { code, said } = await follow(lie, "go build", folder);
    expect(said).toMatch(/^FAIL /m);
    expect(code).toBe(1);
  });
});

describe.skipIf(noOpenSsl !== "")(`OpenSSL${noOpenSsl}`, () => {
  test("accepts the checkpoint, in a folder with nothing in it", async () => {
    const { code, said } = await follow(honest, "openssl pkeyutl", freshFolder(false));
    expect(said).toContain("Signature Verified Successfully");
    expect(code).toBe(0);
  });

  test("refuses another size", async () => {
    const { code, said } = await follow(otherSize, "openssl pkeyutl", freshFolder(false));
    expect(said).toContain("Signature Verification Failure");
    expect(code).not.toBe(0);
  });
});
