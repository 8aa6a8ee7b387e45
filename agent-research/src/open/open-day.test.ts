import { mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { newSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { partName, signPart } from "@believe/host/replica";
import { encodeLeafRow, Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { HOUR_US, MINUTE_US, parseIsoUs, type TimeUs, timeUs, utf8 } from "@believe/shared/base";
import { opensAtUs, overdueAtUs } from "@believe/shared/market";
import type { Draft } from "@believe/shared/wire";
import { checkOpening, parseLeaf, vkeyOf } from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PartShelf } from "../door/part-shelf.ts";
import { openDay } from "./open-day.ts";
import { OverdueDays } from "./overdue.ts";
import { ReplicaRecord } from "./replica-record.ts";

const ORIGIN = "log.example/j/broker";
const broker = signerOf(`${ORIGIN}/request`, newSeed());
const TUESDAY = "2024-01-09";
const WEDNESDAY = "2024-01-10";

const genesis = (kind: "paper" | "live"): Draft => {
  const feed = { name: "seeded", licensed: false };
  const keys = { journalKey: "k", statusKey: "k" };
  const account = { kind, name: "a" };
  const body = { brand: "b", origin: ORIGIN, account, feed, instruments: [], ...keys };
  return { stream: "genesis", body };
};
const note = (reason: string): Draft => ({ stream: "stop", body: { reason } });
const symbol = "MESH4";
const fill = (exec: string): Draft => {
  const did = { exec, order: "B-1", trade: "T-1", symbol, atUs: 1, side: "buy" } as const;
  const how = { qty: 1, price: "1.25", fee: "0.50", role: "entry", reason: "r" } as const;
  return { stream: "fill", body: { ...did, ...how } };
};
const stand = (lots: number): Draft => {
  const body = { symbol, atUs: 1, lots, averagePrice: null, trade: null, realised: "0.00" };
  return { stream: "position", body };
};

let state: string;
let leaves: string[];
let opened: Map<number, string>;
let server: Server;
let client: SignedClient;

/** A replica of one leaf for each entry: its minute, and what was journaled in it. */
async function replicate(minutes: readonly (readonly [string, ...Draft[]])[]): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "believe-open-record-"));
  const wal = Wal.open({ folder: join(home, "journal"), wallUs: () => timeUs(1) });
  const spool = Spool.open({ folder: join(home, "log"), origin: ORIGIN, sha256: nodeSha256, wal });
  const lines: string[] = [];
  for (const [minute, ...drafts] of minutes) {
    spool.advance(parseIsoUs(minute));
    for (const draft of drafts) {
      const { seq, line } = wal.append(draft);
      wal.sync();
      spool.add(seq, line);
      lines.push(line);
    }
    spool.cut();
  }
  const rows = [...spool.leaves()];
  leaves = rows.map(({ text }) => text);
  const folder = join(state, "replica", "parts");
  const shelf = new PartShelf({ folder, origin: ORIGIN, vkeys: [config().keys.brokerRequest] });
  await shelf.open();
  for (const [series, all] of [
    ["journal", lines],
    ["leaves", rows.map(encodeLeafRow)],
  ] as const) {
    const part = { series, first: 0, last: all.length - 1, lines: all };
    await shelf.put(partName(part), utf8(await signPart(part, ORIGIN, broker)));
  }
  spool.close();
  wal.close();
}

const config = () => ({
  state,
  origin: ORIGIN,
  keys: { brokerRequest: vkeyOf(broker.name, broker.publicKey) },
});
const open = async (day: string, nowUs: TimeUs) =>
  await openDay(day, { record: await ReplicaRecord.open(config()), client, nowUs, pauseMs: 0 });
/** What is open of each leaf, by the first word that tells its records apart. */
const shown = (): unknown[] =>
  [...opened].map(([leaf, text]) => [
    leaf,
    ...checkOpening(text, parseLeaf(utf8(leaves[leaf] ?? ""))).records.map(({ stream, body }) =>
      stream === "stop" ? body.reason : stream,
    ),
  ]);

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), "believe-open-"));
  opened = new Map();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const leaf = Number(/open\/(\d+)$/.exec(request.url ?? "")?.[1]);
      const text = Buffer.concat(chunks).toString();
      const held = opened.get(leaf);
      if (request.method === "GET") {
        const body = Number.isNaN(leaf) ? `{"openedLeaves":${opened.size}}` : (held ?? "");
        response.writeHead(200).end(body);
        return;
      }
      const isNarrower = held !== undefined && text.length < held.length;
      if (!isNarrower) opened.set(leaf, text);
      response.writeHead(isNarrower ? 409 : held === text ? 204 : 201).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const research = signerOf(`${ORIGIN}/research/request`, newSeed());
  client = new SignedClient({ baseUrl, keyId: research.name, sign: research.sign });
});
afterEach(async () => {
  await client.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

/** Monday: begins. Tuesday: a line, a secret, a trade that ends on Wednesday. */
const story = (kind: "paper" | "live" = "live") =>
  replicate([
    ["2024-01-08T15:00:00Z", genesis(kind)],
    ["2024-01-09T15:00:00Z", note("tuesday"), note("secret"), fill("E-1"), stand(1)],
    ["2024-01-09T15:01:00Z", { stream: "redaction", body: { seq: 2, reason: "names a person" } }],
    ["2024-01-10T15:00:00Z", note("wednesday"), fill("E-2"), stand(0)],
  ]);

describe("opening a day from the replica", () => {
  it("shows what the broker would: not the open trade, not the redacted line, later all but that", async () => {
    await story();
    const due = opensAtUs(TUESDAY);
    await open("2024-01-08", due);
    expect(await open(TUESDAY, due)).toEqual({ day: TUESDAY, opened: 2, same: 0 });
    expect(shown()).toEqual([
      [0, "genesis"],
      [1, "tuesday"],
      [2, "redaction"],
    ]);
    expect(await open(TUESDAY, due)).toEqual({ day: TUESDAY, opened: 0, same: 2 });
    expect(await open(WEDNESDAY, opensAtUs(WEDNESDAY))).toMatchObject({ opened: 2 });
    expect(shown()).toEqual([
      [0, "genesis"],
      [1, "tuesday", "fill", "position"],
      [2, "redaction"],
      [3, "wednesday", "fill", "position"],
    ]);
    expect([...opened.values()].join()).not.toContain("secret");
  });

  it("leaves alone what the broker has opened wider", async () => {
    await story();
    const late = opensAtUs(WEDNESDAY);
    for (const day of ["2024-01-08", TUESDAY]) await open(day, late);
    const before = shown();
    expect(await open(TUESDAY, opensAtUs(TUESDAY))).toEqual({ day: TUESDAY, opened: 0, same: 2 });
    expect(shown()).toEqual(before);
  });

  it("refuses a day that is not due, not here, or not the next one", async () => {
    await story();
    const due = opensAtUs(TUESDAY);
    await expect(open(TUESDAY, timeUs(due - 1))).rejects.toThrow("expected a day that is due");
    await expect(open("2024-01-05", due)).rejects.toThrow("expected leaves of 2024-01-05");
    await expect(open(TUESDAY, due)).rejects.toThrow("was 1 leaves short");
    expect(opened.size).toBe(0);
  });

  it("of a paper account waits for nothing", async () => {
    await story("paper");
    const now = parseIsoUs("2024-01-09T15:05:00Z");
    await open("2024-01-08", now);
    expect(await open(TUESDAY, now)).toMatchObject({ opened: 2 });
    expect(shown()[1]).toEqual([1, "tuesday", "secret", "fill", "position"]);
  });

  it("refuses a replica without a genesis record", async () => {
    await replicate([["2024-01-09T15:00:00Z", note("tuesday")]]);
    await expect(open(TUESDAY, opensAtUs(TUESDAY))).rejects.toThrow("expected a genesis record");
  });
});

describe("overdue days", () => {
  const overdue = () =>
    new OverdueDays({ client, pauseMs: 0, open: () => ReplicaRecord.open(config()) });
  const patient = (day: string): TimeUs => timeUs(overdueAtUs(day) + HOUR_US);

  it("are opened oldest first, an hour after they are, and no sooner", async () => {
    await story();
    const days = overdue();
    expect(await days.look(timeUs(patient("2024-01-08") - MINUTE_US))).toBeNull();
    expect(opened.size).toBe(0);
    expect(await days.look(patient("2024-01-08"))).toMatchObject({ day: "2024-01-08", opened: 1 });
    expect(await days.look(patient("2024-01-08"))).toBeNull();
    expect(await days.look(patient(WEDNESDAY))).toMatchObject({ day: TUESDAY });
    expect(await days.look(patient(WEDNESDAY))).toMatchObject({ day: WEDNESDAY });
    expect(await days.look(patient("2024-02-09"))).toBeNull();
    expect(opened.size).toBe(4);
    opened.clear();
    expect(await days.look(patient(WEDNESDAY)), "the Worker lost them").toMatchObject({
      day: "2024-01-08",
    });
  });

  it("of a paper account are none", async () => {
    await story("paper");
    expect(await overdue().look(patient("2024-02-09"))).toBeNull();
  });
});
