import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  ConsoleServer,
  ConsoleToken,
  consoleFiles,
} from "../../../agent-broker/src/console/index.ts";
import { sampleState } from "../../../agent-broker/src/console/sample-state.ts";
import { buildConsole } from "../../../pages/build.ts";
import type { Command, ConsoleState } from "../../../shared/src/wire/index.ts";
import { DESK, launchBrowser, openReader, PHONE, type Reader } from "../browser.ts";

/** An agent that answers as the desk's person left it: what it is told changes its state. */
const token = new ConsoleToken("a-token-of-the-test");
const FLAT: ConsoleState["position"] = {
  symbol: "MESH4",
  lots: 0,
  averagePrice: null,
  last: "4803.50",
  stop: null,
  open: null,
};
let state: ConsoleState = sampleState();
let commands: Command[] = [];
let folder = "";
let server: ConsoleServer;
let port = 0;
let browser: Browser | undefined;
let reader: Reader;

function obey(command: Command): void {
  commands.push(command);
  const { latches } = state;
  if (command.kind === "kill") state = { ...state, latches: { ...latches, killed: true } };
  if (command.kind === "flatten") state = { ...state, position: FLAT, orders: [] };
  if (command.kind === "adopt") {
    state = { ...state, position: FLAT, reconciliation: null, orders: [] };
  }
}

async function listen(at: number): Promise<number> {
  server = new ConsoleServer({
    port: at,
    token,
    files: consoleFiles(folder),
    desk: {
      state: () => state,
      command: async (command) => {
        obey(command);
        return { ok: true };
      },
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    nowMs: () => performance.now(),
  });
  return await server.open();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "console-pages-"));
  await buildConsole(folder);
  browser = await launchBrowser();
  port = await listen(0);
});
afterAll(async () => {
  await browser?.close();
  await server.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await reader.context.close();
  state = sampleState();
  commands = [];
});

async function open(options: Parameters<typeof openReader>[1] = {}): Promise<Reader["page"]> {
  if (!browser) throw new Error("expected a browser, was none");
  reader = await openReader(browser, options);
  await reader.page.goto(`http://127.0.0.1:${port}/#token=${token.text}`);
  await reader.page.locator(".figures").waitFor();
  return reader.page;
}

/** Chooses an act and goes through its dialog. */
async function act(title: string, confirm: string, price?: string): Promise<void> {
  const { page } = reader;
  await page.locator(".acts").getByRole("button", { name: title, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why, for the journal").fill("seen at the desk");
  if (price !== undefined) await dialog.getByLabel("Price").fill(price);
  await dialog.getByLabel("to confirm").fill(confirm);
  await dialog.getByRole("button", { name: title, exact: true }).click();
}

test("shows position, limits and orders in one screen, and the token leaves the address bar", async () => {
  const page = await open();
  expect(await page.locator("h1").textContent()).toBe(
    "+1 MESH4 at 4800.25, stop resting at 4795.00. Entries are off.",
  );
  expect(await page.locator(".panel-orders tbody th").allTextContents()).toEqual(["B-000042"]);
  expect(page.url()).toBe(`http://127.0.0.1:${port}/`);
  await page.reload();
  await page.locator(".figures").waitFor();
  expect(reader.errors).toEqual([]);
});

test("kills only after the word was typed and a reason given", async () => {
  const page = await open();
  await page.getByRole("button", { name: "Kill", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const go = dialog.getByRole("button", { name: "Kill", exact: true });
  await dialog.getByLabel("to confirm").fill("KILL");
  expect(await go.isDisabled()).toBe(true);
  await dialog.getByLabel("Why, for the journal").fill("  ");
  expect(await go.isDisabled()).toBe(true);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(commands).toEqual([]);
  await act("Kill", "KILL");
  await page.getByText("Killed: no new order leaves until a person clears it.").waitFor();
  expect(commands).toEqual([
    { kind: "kill", flatten: false, by: "console", reason: "seen at the desk" },
  ]);
});

test("flattens", async () => {
  const page = await open();
  await act("Flatten", "FLATTEN");
  await page.getByRole("heading", { name: "Flat in MESH4. Entries are off." }).waitFor();
  expect(await page.locator(".said").textContent()).toBe("Taken and journaled: flatten.");
});

test("adopts a position that was flattened by hand elsewhere, at the price that is typed", async () => {
  const positions = [{ symbol: "MESH4", ours: 1, theirs: 0 }];
  state = sampleState({
    reconciliation: { atUs: state.atUs, verdict: "mismatch", positions },
    entries: { allowed: false, reasons: ["position-mismatch"] },
  });
  const page = await open();
  await page.getByText("ours +1, theirs flat").waitFor();
  await act("Adopt the venue's position", "MESH4", "4799.75");
  await page.getByRole("heading", { name: "Flat in MESH4. Entries are off." }).waitFor();
  expect(commands).toEqual([
    {
      kind: "adopt",
      symbol: "MESH4",
      lots: 0,
      price: "4799.75",
      by: "console",
      reason: "seen at the desk",
    },
  ]);
});

test("says so when the agent no longer answers, and goes on when it does", async () => {
  const page = await open();
  await server.close();
  await page.getByText("do not trade on it").waitFor();
  await listen(port);
  await page.getByText("Agent answers").waitFor();
  expect(await page.locator(".curtain").count()).toBe(0);
});

test("shows nothing to who has no token", async () => {
  const page = await open();
  await page.evaluate("sessionStorage.clear()");
  await page.reload();
  await page.getByText("This page has no key to the agent").waitFor();
  expect(await page.locator("main").textContent()).not.toContain("MESH4");
});

test.each([
  ["desk, light", DESK, "light"],
  ["phone, dark", PHONE, "dark"],
] as const)("axe finds nothing in the worst state (%s)", async (_name, viewport, colorScheme) => {
  const [stop] = sampleState().orders;
  state = sampleState({
    account: { kind: "live", name: "U1234567" },
    latches: { killed: true, closeOnly: true, armed: null },
    orders: stop ? [stop, { ...stop, order: "B-000043", role: "exit", state: "unknown" }] : [],
    watchdogs: [{ name: "feed-stale", severity: "critical", barking: true, sinceUs: 1 }],
  });
  const page = await open({ viewport, colorScheme });
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
      .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))`,
  );
  expect(found).toEqual([]);
});
