import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@believe/shared/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandAnswer } from "./console-port.ts";
import { ConsoleServer } from "./console-server.ts";
import { ConsoleToken } from "./console-token.ts";
import { sampleState } from "./sample-state.ts";

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const page = { bytes: Buffer.from("<!doctype html>"), type: "text/html; charset=utf-8" };
const KILL = { act: { kind: "kill", flatten: false }, reason: "fire drill", confirm: "KILL" };

let folder = "";
let port = 0;
let nowMs = 0;
let server: ConsoleServer;
let token: ConsoleToken;
let commands: Command[] = [];
let verdict: CommandAnswer = { ok: true };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "console-"));
  token = ConsoleToken.make(join(folder, "console.token"));
  commands = [];
  verdict = { ok: true };
  server = new ConsoleServer({
    port: 0,
    token,
    files: new Map([["/", page]]),
    desk: {
      state: () => sampleState(),
      command: async (command) => {
        commands.push(command);
        return verdict;
      },
    },
    log: quiet,
    nowMs: () => nowMs,
  });
  port = await server.open();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** One request over TCP with exactly these headers, and Host and Origin as our page has them unless told. */
function send({ method = "GET", path = "/api/state", headers = {}, body = "" }: Sent) {
  const own = `127.0.0.1:${port}`;
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(
    (resolve, reject) => {
      const asked = request(
        { host: "127.0.0.1", port, method, path, headers: { host: own, ...headers } },
        (answer) => {
          let text = "";
          answer.on("data", (part) => (text += String(part)));
          answer.on("end", () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
          );
        },
      );
      asked.on("error", reject);
      asked.end(body);
    },
  );
}

const bearer = () => ({ authorization: `Bearer ${token.text}` });
const fromPage = () => ({
  ...bearer(),
  origin: `http://127.0.0.1:${port}`,
  "content-type": "application/json",
});

function post(value: unknown, headers: Record<string, string> = fromPage()) {
  return send({ method: "POST", path: "/api/command", headers, body: JSON.stringify(value) });
}

describe("the console's token", () => {
  it("is fresh at every start and readable by its owner alone", () => {
    const file = join(folder, "console.token");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8").trim()).toBe(token.text);
    const next = ConsoleToken.make(file);
    expect(next.text).not.toBe(token.text);
    expect(ConsoleToken.read(file).matches(`Bearer ${next.text}`)).toBe(true);
    expect(next.matches(`Bearer ${token.text}`)).toBe(false);
  });

  it.each([undefined, "", "Bearer", "Bearer ", "Basic abc", "bearer x"])(
    "is not matched by the header %j",
    (header) => {
      expect(token.matches(header)).toBe(false);
    },
  );
});

describe("the console", () => {
  it("serves its page to anyone on this machine and the state to who has the token", async () => {
    expect((await send({ path: "/" })).text).toBe("<!doctype html>");
    const { status, text } = await send({ headers: bearer() });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual(sampleState());
  });

  it("puts strict headers on every answer and never one of CORS", async () => {
    const answers = await Promise.all([
      send({ path: "/" }),
      send({ headers: bearer() }),
      send({ path: "/nowhere" }),
      send({ method: "OPTIONS", path: "/api/command", headers: { origin: "http://evil.test" } }),
    ]);
    for (const { headers } of answers) {
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["cache-control"]).toBe("no-store");
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  it("takes a command from its page and passes it on once", async () => {
    expect((await post(KILL)).status).toBe(200);
    expect(commands).toEqual([
      { kind: "kill", flatten: false, by: "console", reason: "fire drill" },
    ]);
  });

  it("says why the agent refused a command", async () => {
    verdict = { ok: false, reason: "expected a halted agent, was one that runs" };
    const answer = await post({ act: { kind: "resume" }, reason: "checked", confirm: "MESH4" });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("expected a halted agent");
  });

  it.each<[string, number, () => Sent]>([
    ["no token", 401, () => ({})],
    ["another token", 401, () => ({ headers: { authorization: `Bearer ${"x".repeat(43)}` } })],
    [
      "a name that was rebound to this machine",
      421,
      () => ({ headers: { ...bearer(), host: "rebound.example" } }),
    ],
    [
      "our name on another port",
      421,
      () => ({ headers: { ...bearer(), host: `127.0.0.1:${port + 1}` } }),
    ],
    [
      "a page of another origin",
      403,
      () => ({ headers: { ...bearer(), origin: "https://evil.test" } }),
    ],
    ["an opaque origin", 403, () => ({ headers: { ...bearer(), origin: "null" } })],
    ["a POST of the state", 405, () => ({ method: "POST", headers: bearer() })],
    ["a path that climbs", 404, () => ({ path: "/../console.token", headers: bearer() })],
    ["a path that is none", 404, () => ({ path: "/api/keys", headers: bearer() })],
  ])("refuses %s", async (_what, status, sent) => {
    const answer = await send(sent());
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain("MESH4");
  });

  it.each<[string, number, () => Sent]>([
    ["a GET", 405, () => ({ headers: fromPage() })],
    [
      "no origin",
      403,
      () => ({ method: "POST", headers: { ...bearer(), "content-type": "application/json" } }),
    ],
    [
      "a form's text",
      415,
      () => ({
        method: "POST",
        headers: { ...fromPage(), "content-type": "text/plain" },
        body: JSON.stringify(KILL),
      }),
    ],
    [
      "a body that is too long",
      413,
      () => ({ method: "POST", headers: fromPage(), body: " ".repeat(5_000) }),
    ],
    ["text that is no JSON", 422, () => ({ method: "POST", headers: fromPage(), body: "{" })],
    [
      "an unknown act",
      422,
      () => ({
        method: "POST",
        headers: fromPage(),
        body: JSON.stringify({ ...KILL, act: { kind: "buy" } }),
      }),
    ],
    [
      "an act with more in it",
      422,
      () => ({
        method: "POST",
        headers: fromPage(),
        body: JSON.stringify({ ...KILL, act: { ...KILL.act, by: "cli", qty: 5 } }),
      }),
    ],
    [
      "no reason",
      422,
      () => ({
        method: "POST",
        headers: fromPage(),
        body: JSON.stringify({ ...KILL, reason: " " }),
      }),
    ],
    [
      "another word of confirmation",
      422,
      () => ({
        method: "POST",
        headers: fromPage(),
        body: JSON.stringify({ ...KILL, confirm: "kill" }),
      }),
    ],
  ])("refuses %s as a command", async (_what, status, sent) => {
    expect((await send({ path: "/api/command", ...sent() })).status).toBe(status);
    expect(commands).toEqual([]);
  });

  it("hears at most thirty commands a minute, but a kill always", async () => {
    const closeOnly = { act: { kind: "close-only", on: true }, reason: "test", confirm: "MESH4" };
    for (let i = 0; i < 30; i++) expect((await post(closeOnly)).status).toBe(200);
    expect((await post(closeOnly)).status).toBe(429);
    expect((await post(KILL)).status).toBe(200);
    nowMs += 60_000;
    expect((await post(closeOnly)).status).toBe(200);
  });
});
