import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { keysOfPin, type LogSource, parsePins, pinned, verifyLog } from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keysText, runVerify, ScratchFolder } from "../test/estate-on-disk.ts";
import { estateKeys, halts, type MinutePlan, ORIGIN, ServedLog } from "../test/served-log.ts";
import { defaultPinsFile } from "./config.ts";
import { rememberPin } from "./pins-file.ts";
import { nodeTools } from "./tools.ts";

function failed(): never {
  throw new Error("expected a log that holds");
}

let scratch: ScratchFolder;
let pins: string;
beforeEach(() => {
  scratch = new ScratchFolder();
  pins = join(scratch.path, "config", "pins.json");
});
afterEach(() => scratch.remove());

const TEN = halts([1, 0, 2, 1, 0, 0, 3, 1, 1, 1]);
const grown = (count: number): MinutePlan[] => [
  ...TEN,
  ...Array.from({ length: count }, () => ({ lines: [] })),
];

async function visited(): Promise<string> {
  const run = await runVerify(scratch.mirror(await ServedLog.of(TEN)), "--pins", pins);
  expect(run.code).toBe(3);
  return readFileSync(pins, "utf8");
}

describe("a visitor without a keys file", () => {
  it("is shown the fingerprints at the first visit, which ends with 3, and is held to them from then on", async () => {
    const folder = scratch.mirror(await ServedLog.of(TEN));
    const first = await runVerify(folder, "--pins", pins);
    expect(first.code).toBe(3);
    expect(first.out.join("\n")).toMatch(
      /log key\s+log.example.test\/j\/broker {2}id [0-9a-f]{8} {2}key [0-9a-f]{8} /,
    );
    expect(first.out.join("\n")).toMatch(/witness key\s+log.example.test\/witness {2}id/);
    expect(first.out.some((line) => line.startsWith("OK"))).toBe(false);
    const second = await runVerify(folder, "--pins", pins);
    expect([second.code, second.last]).toEqual([
      0,
      expect.stringMatching(/^OK 10 leaves, 10 records, /),
    ]);
    expect(second.out.join("\n")).toContain("goes on from the 10 leaves seen before");
  });

  it("follows a log that grows", async () => {
    await visited();
    const run = await runVerify(scratch.mirror(await ServedLog.of(grown(7))), "--pins", pins);
    expect(run.code).toBe(0);
    expect(readFileSync(pins, "utf8")).toContain('"size": 17');
  });

  it("pins nothing of a first visit that does not hold", async () => {
    const log = await ServedLog.of(TEN);
    log.files.delete("open/2");
    expect((await runVerify(scratch.mirror(log), "--pins", pins)).code).toBe(1);
    expect(existsSync(pins)).toBe(false);
  });

  const others: readonly [string, () => Promise<ServedLog>, RegExp][] = [
    ["a smaller log", () => ServedLog.of(TEN.slice(0, 9)), /at least the 10 leaves/],
    [
      "another history of the same size",
      () => ServedLog.of(halts([1, 0, 2, 1, 0, 0, 3, 1, 1, 1], "other")),
      /another history/,
    ],
    [
      "another history that is longer",
      () =>
        ServedLog.of([
          ...halts([1, 1]),
          ...grown(5)
            .slice(2)
            .map(() => ({ lines: [] })),
        ]),
      /another history/,
    ],
    ["other keys", () => ServedLog.of(grown(3), estateKeys(7)), /a key was changed/],
    [
      "another witness key",
      () => ServedLog.of(TEN, { ...estateKeys(1), witness: estateKeys(7).witness }),
      /a key was changed/,
    ],
    [
      "a log that closed what it had opened",
      () => ServedLog.of(TEN.map((plan, i) => ({ ...plan, opened: i !== 9 }))),
      /at least 10 opened leaves/,
    ],
  ];
  for (const [what, make, says] of others) {
    it(`refuses ${what} with 1 and keeps the pin`, async () => {
      const before = await visited();
      const run = await runVerify(scratch.mirror(await make()), "--pins", pins);
      expect(run.code).toBe(1);
      expect(run.last).toMatch(says);
      expect(readFileSync(pins, "utf8")).toBe(before);
    });
  }

  it("refuses pins that are damaged rather than begin anew", async () => {
    await visited();
    const bad = scratch.file("config/pins.json", '{"v":1,"logs":');
    const run = await runVerify(scratch.mirror(await ServedLog.of(TEN)), "--pins", bad);
    expect(run.code).toBe(1);
    expect(readFileSync(bad, "utf8")).toBe('{"v":1,"logs":');
  });

  it("ends with 2 where the pins cannot be kept", async () => {
    const blocked = join(scratch.file("plain", "x"), "pins.json");
    const run = await runVerify(scratch.mirror(await ServedLog.of(TEN)), "--pins", blocked);
    expect([run.code, run.err.at(-1)]).toEqual([2, expect.stringContaining("ENOTDIR")]);
  });

  it("keeps the pin of a run beside it that saw more", async () => {
    await visited();
    const log = await ServedLog.of(grown(1));
    const seen = readFileSync(pins, "utf8").replace('"size": 10', '"size": 500');
    const slow: LogSource = {
      get: async (path) => {
        if (path === "open/9") scratch.file("config/pins.json", seen);
        return log.get(path);
      },
    };
    const known = parsePins(readFileSync(pins, "utf8")).logs[ORIGIN];
    const keys = keysOfPin(known ?? failed());
    const outcome = await verifyLog({ source: slow, keys, seen: known, tools: nodeTools });
    if (outcome.kind !== "verified") return failed();
    rememberPin(pins, ORIGIN, pinned(outcome.report, { keys, address: "a", before: known }));
    expect(readFileSync(pins, "utf8")).toBe(seen);
  });

  it("with a keys file too is held to both", async () => {
    await visited();
    const fake = await ServedLog.of(TEN, estateKeys(7));
    const keys = scratch.file("fake.txt", keysText(estateKeys(7)));
    const run = await runVerify(scratch.mirror(fake), "--keys", keys, "--pins", pins);
    expect([run.code, run.last]).toEqual([1, expect.stringContaining("the key seen before")]);
  });

  it("keeps what it saw in the user's own configuration folder", () => {
    expect(defaultPinsFile()).toMatch(/\/believe\/pins\.json$/);
  });
});

describe("bad input", () => {
  it.each([
    [[], 2],
    [["http://[bad"], 2],
    [["--nonsense", "x"], 2],
    [["/no/such/folder"], 2],
    [["proof", "http://127.0.0.1:1"], 2],
    [["http://127.0.0.1:1", "--keys", "/no/such/keys"], 4],
    [["http://127.0.0.1:1"], 4],
    [["--help"], 0],
  ] as const)("%j ends with %i and one sentence", async (argv, code) => {
    const run = await runVerify(...argv, ...(argv.length === 0 ? [] : ["--pins", pins]));
    expect(run.code).toBe(code);
    if (code !== 0) expect(run.err.join("\n")).toMatch(/^believe-verify: \S.+$/);
  });

  it("of an empty folder is no log, with 4", async () => {
    scratch.file("empty/readme", "");
    expect((await runVerify(join(scratch.path, "empty"), "--pins", pins)).code).toBe(4);
  });

  it("without a checkpoint's vkey asks for a keys file", async () => {
    const log = await ServedLog.of(TEN);
    log.files.delete("vkey");
    expect((await runVerify(scratch.mirror(log), "--pins", pins)).code).toBe(2);
  });
});
