import { readFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { SignedClient } from "@believe/host/http";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  DESK,
  launchBrowser,
  openReader,
  PHONE,
  type Reader,
  type ReaderOptions,
} from "../browser.ts";
import { type RunningEstate, startEstate } from "../estate.ts";
import { changed, ServedLog } from "../served-log.ts";

const ORIGIN = "log.example.com/j/broker";
const LEAVES = 40;
const PER_LEAF = 5;

let browser: Browser | undefined;
let estate: RunningEstate | undefined;
let log: ServedLog | undefined;

beforeAll(async () => {
  [browser, estate] = await Promise.all([launchBrowser(), startEstate()]);
  const { sign, publicKey } = estate.signers.broker;
  log = new ServedLog(LEAVES, PER_LEAF, { name: ORIGIN, publicKey, sign });
  const baseUrl = estate.url.replace(/\/$/, "");
  const client = new SignedClient({ baseUrl, keyId: `${ORIGIN}/request`, sign });
  await log.push(estate.url, client);
  await client.close();
});
afterAll(async () => {
  await browser?.close();
  await estate?.stop();
});

async function visit(path = "verify", options: ReaderOptions = {}): Promise<Reader> {
  if (!browser || !estate) throw new Error("expected browser and Worker, was one of them missing");
  const reader = await openReader(browser, options);
  await reader.page.goto(`${estate.url}${path}`);
  return reader;
}

async function check({ page }: Reader): Promise<string> {
  // The verdict of a check before this one must not be taken for this one's.
  if ((await page.locator(".result-plain").count()) === 0) await page.reload();
  await page.locator("button[data-click=check]:enabled").click();
  await page.locator(".result-good, .result-bad, .result-warn").waitFor();
  return (await page.textContent("#sentence")) ?? "";
}

const flip = (from: string, to: string) =>
  changed((bytes) => {
    const text = bytes.toString("latin1");
    if (!text.includes(from)) throw new Error(`expected ${from} in the answer, was none`);
    return Buffer.from(text.replace(from, to), "latin1");
  });

const inDay = (change: (text: string) => string) =>
  changed((bytes) => gzipSync(change(gunzipSync(bytes).toString())));

test("a good record turns green step by step, and only what this browser checked", async () => {
  const reader = await visit();
  const { page, errors } = reader;
  expect(await page.textContent("#sentence")).toContain("Nothing is checked yet.");
  expect(await page.locator(".mark-checked, .run-checked, .result-good").count()).toBe(0);
  expect(await check(reader)).toBe("The paper journal adds up.");
  expect(await page.textContent(".verdict")).toBe("200 lines in 40 leaves match.");
  expect(await page.locator(".step .mark-checked").count()).toBe(6);
  expect(await page.textContent(".steps")).toContain("first visit: nothing to compare with yet");
  expect(await page.locator(".run-checked").count()).toBe(1);
  expect(await page.textContent("#pin")).toContain("first visit: key fingerprint");
  expect(await page.textContent("#announce")).toBe("The paper journal adds up.");
  await page.reload();
  expect(await check(reader)).toBe("The paper journal adds up.");
  expect(await page.textContent(".steps")).toContain("40 leaves then, nothing rewritten");
  expect(await page.textContent("#pin")).toContain("the key that this browser remembers");
  expect(errors).toEqual([]);
  await reader.context.close();
});

test.each([
  [
    "a changed line",
    "**/open/2024-01-09.jsonl.gz",
    inDay((text) => text.replace('"seq":37,', '"seq":37 ,')),
    "One minute is not what was signed.",
    "Leaf 7, Tue 9 Jan 2024 08:27 CT",
  ],
  [
    "an opening that is left out",
    "**/open/2024-01-09.jsonl.gz",
    inDay((text) => {
      const at = text.indexOf('{"v":1,"open"', text.indexOf('"leaf":11,'));
      return (
        text.slice(0, text.lastIndexOf('{"v":1,"open"', text.indexOf('"leaf":11,'))) +
        text.slice(at)
      );
    }),
    "One minute is signed and was not opened.",
    "Leaf 11, Tue 9 Jan 2024 08:31 CT",
  ],
  [
    "a day that is no gzip",
    "**/open/2024-01-09.jsonl.gz",
    changed(() => Buffer.from("not gzip")),
    "40 minutes are not what was signed.",
    "Leaf 0, Tue 9 Jan 2024 08:20 CT",
  ],
  [
    "a changed entry",
    "**/tile/entries/**",
    flip("2024-01-09T14:22Z", "2024-01-09T14:21Z"),
    "One leaf is not what was signed.",
    "",
  ],
  [
    "a changed hash tile",
    "**/tile/0/**",
    changed((bytes) => Buffer.concat([Buffer.from([(bytes[0] ?? 0) ^ 1]), bytes.subarray(1)])),
    "One stored hash is not the sum of its leaves.",
    "Tile/0/000.p/40",
  ],
  [
    "a checkpoint of another size",
    "**/checkpoint",
    flip("\n40\n", "\n41\n"),
    "The newest checkpoint is not signed by the journal's key.",
    "Checkpoint",
  ],
])("%s is named with its place", async (...[, pattern, answer, sentence, place]) => {
  const reader = await visit();
  await reader.page.route(pattern, answer);
  expect(await check(reader)).toBe(sentence);
  expect(await reader.page.textContent(".verdict")).toContain(place);
  expect(await reader.page.locator(".result-bad").count()).toBe(1);
  expect(await reader.page.textContent(".finding")).toContain("It does not mean");
  await reader.context.close();
});

test("a day that had to be open is red on its rail, in its row and in the sentence", async () => {
  const reader = await visit();
  const { page, context } = reader;
  // The record does not say that it is a paper account's: the rule of a live one holds.
  const first = inDay((text) =>
    text.slice(0, text.indexOf('{"v":1,"open"', text.indexOf('"leaf":9,'))),
  );
  await page.route("**/open/2024-01-09.jsonl.gz", first);
  expect(await check(reader)).toBe("One day is overdue: it had to be opened and was not.");
  expect(await page.textContent(".verdict")).toBe("Trade date Tue 9 Jan 2024");
  expect(await page.textContent(".result-scope")).toContain(
    "30 leaves not opened, due Wed 10 Jan 2024 17:30 CT.",
  );
  expect(await page.locator(".lane-row.is-bad .lane-words").innerText()).toBe(
    "30 overdue, not opened",
  );
  expect(await page.locator("rect.run-overdue").count()).toBe(1);
  await context.close();
});

test("a rolled-back checkpoint is smaller than what this browser saw, and is not remembered", async () => {
  const reader = await visit();
  await check(reader);
  const note = (await log?.note(30)) ?? "";
  await reader.page.route("**/checkpoint", (route) => route.fulfill({ body: note }));
  expect(await check(reader)).toBe("The log is smaller than what this browser saw before.");
  await reader.page.unroute("**/checkpoint");
  await reader.page.reload();
  expect(await check(reader)).toBe("The paper journal adds up.");
  await reader.context.close();
});

test("a key that is not the pinned one is said before anything else", async () => {
  const reader = await visit();
  const name = `believe/seen/${ORIGIN}`;
  const memory = { key: `${ORIGIN}+0badc0de+AA==`, sinceMs: 1_700_000_000_000, seen: null };
  await reader.page.evaluate(
    `localStorage.setItem(${JSON.stringify(name)}, ${JSON.stringify(JSON.stringify(memory))})`,
  );
  await reader.page.reload();
  expect(await check(reader)).toBe("This page brings another key than at your first visit.");
  expect(await reader.page.textContent("#pin")).toContain("0badc0de");
  await reader.context.close();
});

test("an edge that does not answer is no verdict", async () => {
  const reader = await visit();
  await reader.page.locator("button[data-click=check]:enabled").waitFor();
  await reader.page.route("**/open/*.gz", (route) => route.abort());
  expect(await check(reader)).toBe("The log cannot be reached. The check has no result.");
  expect(await reader.page.locator(".result-good, .result-bad").count()).toBe(0);
  await reader.context.close();
});

test("a browser without Ed25519 says that it cannot check, and cannot be made to", async () => {
  const reader = await visit();
  await reader.page.addInitScript(
    "crypto.subtle.generateKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))",
  );
  await reader.page.reload();
  await reader.page.locator("#sentence", { hasText: "cannot check the record" }).waitFor();
  expect(await reader.page.locator("button[data-click=check]").count()).toBe(0);
  await reader.context.close();
});

test("a link with a journal number proves that line, and its file checks offline, untouched or not", async () => {
  const reader = await visit("verify?seq=37");
  const { page, context } = reader;
  await page.locator(".stair").first().waitFor();
  expect(await page.locator(".stair-good").count()).toBe(6);
  expect(await page.textContent(".stairs")).toContain("which is in the leaf of 08:27 CT");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click("text=Save the proof file"),
  ]);
  const file = await readFile(await download.path(), "utf8");
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await drop(reader, "good.tlog-proof", file);
  await page.locator(".proof-name", { hasText: "in good.tlog-proof was checked" }).waitFor();
  const other = file.endsWith("A=\n") ? "B=\n" : "A=\n";
  await drop(reader, "bad.tlog-proof", file.slice(0, -3) + other);
  await page.locator(".proof-name", { hasText: "bad.tlog-proof is not proven" }).waitFor();
  expect(await page.locator(".stair-bad").count()).toBe(1);
  await drop(reader, "note.txt", "hello");
  await page.locator(".proof-name", { hasText: "neither a proof file nor an opening" }).waitFor();
  expect(requests).toEqual([]);
  await context.close();
});

test("an opening is held against the leaf that this browser rebuilt", async () => {
  const reader = await visit();
  const opening = log?.openings[7] ?? "";
  await reader.page.locator("button[data-click=check]:enabled").waitFor();
  await drop(reader, "7.jsonl", opening);
  await reader.page.locator(".proof-name", { hasText: "check the whole record first" }).waitFor();
  await check(reader);
  await drop(reader, "7.jsonl", opening);
  await reader.page.locator(".proof-name", { hasText: "5 lines, as signed" }).waitFor();
  await drop(reader, "7.jsonl", opening.replace("4807.75", "4807.50"));
  await reader.page.locator(".proof-name", { hasText: "is not what leaf 7" }).waitFor();
  await reader.context.close();
});

test("a line by its number works from the keyboard, and an unknown one is said", async () => {
  const reader = await visit();
  const { page } = reader;
  await page.locator("button[data-click=check]:enabled").waitFor();
  await page.focus("#seq");
  await page.keyboard.type("199\n");
  await page.locator(".proof-name", { hasText: "Line #199 was checked" }).waitFor();
  await page.fill("#seq", "900");
  await page.keyboard.press("Enter");
  await page.locator(".proof-name", { hasText: "Line #900 is in no opened leaf" }).waitFor();
  await page.fill("#seq", "x");
  await page.keyboard.press("Enter");
  await page.locator(".proof-name", { hasText: "digits only" }).waitFor();
  await reader.context.close();
});

test("without JavaScript the page explains itself and gives the commands", async () => {
  const reader = await visit("verify", { javaScriptEnabled: false });
  const text = (await reader.page.textContent("body")) ?? "";
  for (const said of [
    "Nothing is checked yet",
    "scripts are off here",
    "npm run verify",
    "openssl pkeyutl",
  ]) {
    expect(text).toContain(said);
  }
  await reader.context.close();
});

async function drop({ page }: Reader, name: string, text: string): Promise<void> {
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
  })()`);
}

async function violations({ page }: Reader): Promise<unknown> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
    .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`);
}

test.each([
  ["desk, light", DESK, "light"],
  ["desk, dark", DESK, "dark"],
  ["phone, light", PHONE, "light"],
  ["phone, dark", PHONE, "dark"],
] as const)("axe finds nothing, good or bad (%s)", async (_name, viewport, colorScheme) => {
  const reader = await visit("verify?seq=37", { viewport, colorScheme });
  await reader.page.locator(".stair").first().waitFor();
  await check(reader);
  expect(await violations(reader)).toEqual([]);
  await reader.page.route(
    "**/open/*.gz",
    inDay((text) => text.replace('"seq":37,', '"seq":37 ,')),
  );
  await check(reader);
  expect(await violations(reader)).toEqual([]);
  await reader.context.close();
});

test("no width scrolls sideways", async () => {
  const reader = await visit("verify?seq=37");
  await reader.page.locator(".stair").first().waitFor();
  await check(reader);
  for (const width of [1920, 1440, 1100, 768, 390, 360, 320]) {
    await reader.page.setViewportSize({ width, height: 800 });
    const over = await reader.page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect({ width, over }).toEqual({ width, over: 0 });
  }
  await reader.context.close();
});
