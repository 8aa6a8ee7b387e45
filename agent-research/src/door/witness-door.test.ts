import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActOutcome, AddOutcome } from "@believe/shared/wire/log";
import { afterEach, beforeEach, expect, it, test } from "vitest";
import { Door } from "./door.ts";
import { Replica } from "./replica.ts";

let door: Door;
let url: string;
let outcome: AddOutcome;
let acted: ActOutcome;
let bodies: string[];

beforeEach(async () => {
  bodies = [];
  const addCheckpoint = async (body: string): Promise<AddOutcome> => {
    bodies.push(body);
    return outcome;
  };
  const act =
    (what: string) =>
    async (note: string): Promise<ActOutcome> => {
      bodies.push(`${what} ${note}`);
      return acted;
    };
  const folder = mkdtempSync(join(tmpdir(), "believe-door-"));
  door = new Door({
    host: "127.0.0.1",
    port: 0,
    segmentBytesMax: 1_000,
    replica: new Replica(folder),
    keyOf: () => null,
    checkpoint: () => null,
    witness: { addCheckpoint, unfreeze: act("unfreeze"), changeKey: act("key-change") },
    wallS: () => 0,
  });
  url = `http://127.0.0.1:${await door.open()}`;
});
afterEach(() => door.close());

const post = (body: string | Uint8Array<ArrayBuffer>, path = "/log/broker/add-checkpoint") =>
  fetch(`${url}${path}`, { method: "POST", body });

const checkpoint = { origin: "log.example/j/broker", size: 4, root: new Uint8Array(32) };
test.each<[number, string, string, AddOutcome]>([
  [
    200,
    "text/plain; charset=utf-8",
    "— w AAAA\n",
    { kind: "cosigned", lines: "— w AAAA\n", checkpoint, advanced: true },
  ],
  [400, "text/plain; charset=utf-8", "why\n", { kind: "malformed", detail: "why" }],
  [403, "text/plain; charset=utf-8", "why\n", { kind: "untrusted", detail: "why" }],
  [404, "text/plain; charset=utf-8", "why\n", { kind: "unknown-origin", detail: "why" }],
  [409, "text/x.tlog.size", "4\n", { kind: "conflict", size: 4, frozen: null, forked: false }],
  [422, "text/plain; charset=utf-8", "why\n", { kind: "unprovable", detail: "why" }],
])(
  "answers %i as C2SP tlog-witness has it, to an unsigned request",
  async (status, type, text, told) => {
    outcome = told;
    const answer = await post("old 0\n\nx\n");
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      status,
      type,
      text,
    ]);
    expect(bodies).toEqual(["old 0\n\nx\n"]);
  },
);

it("looks at no body that is too large, and gives bytes that are no text to the parser as nothing", async () => {
  outcome = { kind: "malformed", detail: "why" };
  expect((await post("x".repeat(100_000))).status).toBe(400);
  expect(bodies).toEqual([]);
  expect((await post(new Uint8Array([0xff, 0xfe]))).status).toBe(400);
  expect(bodies).toEqual([""]);
});

it("knows one log and one method", async () => {
  expect((await post("x", "/log/other/add-checkpoint")).status).toBe(404);
  expect((await fetch(`${url}/log/broker/add-checkpoint`)).status).toBe(405);
  expect(bodies).toEqual([]);
});

test.each<[number, Readonly<Record<string, string>>, string, ActOutcome]>([
  [200, {}, "taken\n", { kind: "taken", changed: true }],
  [200, {}, "known\n", { kind: "taken", changed: false }],
  [400, {}, "why\n", { kind: "malformed", detail: "why" }],
  [403, {}, "why\n", { kind: "untrusted", detail: "why" }],
  [409, {}, "4\n", { kind: "conflict", size: 4, frozen: null }],
  [409, { "believe-log": "frozen" }, "4\n", { kind: "conflict", size: 4, frozen: "why" }],
])(
  "answers %i %o to an unfreeze and to a key change, unsigned",
  async (status, headers, text, told) => {
    acted = told;
    for (const what of ["unfreeze", "key-change"]) {
      const answer = await post("a note\n", `/log/broker/${what}`);
      expect([answer.status, await answer.text()]).toEqual([status, text]);
      expect(answer.headers.get("believe-log")).toBe(headers["believe-log"] ?? null);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    expect(bodies).toEqual(["unfreeze a note\n", "key-change a note\n"]);
  },
);

it("looks at no note that is too large, of another log, or under another name", async () => {
  for (const what of ["unfreeze", "key-change"]) {
    expect((await post("x".repeat(4_097), `/log/broker/${what}`)).status).toBe(400);
    expect((await post("x", `/log/other/${what}`)).status).toBe(404);
    expect((await fetch(`${url}/log/broker/${what}`)).status).toBe(405);
  }
  expect((await post("x", "/log/broker/forks")).status).toBe(404);
  expect(bodies).toEqual([]);
});
