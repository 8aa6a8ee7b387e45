import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddOutcome } from "@believe/shared/wire/log";
import { afterEach, beforeEach, expect, it, test } from "vitest";
import { Door } from "./door.ts";
import { Replica } from "./replica.ts";

let door: Door;
let url: string;
let outcome: AddOutcome;
let bodies: string[];

beforeEach(async () => {
  bodies = [];
  const addCheckpoint = async (body: string): Promise<AddOutcome> => {
    bodies.push(body);
    return outcome;
  };
  const folder = mkdtempSync(join(tmpdir(), "believe-door-"));
  door = new Door({
    host: "127.0.0.1",
    port: 0,
    segmentBytesMax: 1_000,
    replica: new Replica(folder),
    keyOf: () => null,
    checkpoint: () => null,
    witness: { addCheckpoint },
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
