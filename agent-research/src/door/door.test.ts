import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { newSeed, signerOf } from "@believe/host/keys";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Door } from "./door.ts";
import { Replica } from "./replica.ts";

const NAME = "log.example/j/broker/request";

describe("the research agent's door", () => {
  const broker = signerOf(NAME, newSeed());
  let folder: string;
  let door: Door;
  let url: string;

  const clientOf = (signer: typeof broker): SignedClient =>
    new SignedClient({ baseUrl: url, keyId: signer.name, sign: signer.sign });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "believe-door-"));
    const replica = new Replica(folder);
    await replica.open();
    door = new Door({
      host: "127.0.0.1",
      port: 0,
      segmentBytesMax: 1_000,
      replica,
      keyOf: (keyId) => (keyId === NAME ? broker.publicKey : null),
      checkpoint: () => null,
      wallS: () => Math.floor(Date.now() / 1000),
    });
    url = `http://127.0.0.1:${await door.open()}`;
  });
  afterEach(() => door.close());

  it("acknowledges a segment with the sha256 of what lies on its disk", async () => {
    const answer = await clientOf(broker).put(
      "/replica/broker/capture-1.jsonl",
      "a\nb\n",
      "application/jsonl",
    );
    expect(answer.status).toBe(200);
    const sha256 = createHash("sha256").update("a\nb\n").digest("hex");
    expect(JSON.parse(answer.text)).toEqual({ sha256 });
    expect(readFileSync(join(folder, "capture-1.jsonl"), "utf8")).toBe("a\nb\n");
  });

  it("acknowledges the same bytes again and refuses other bytes under the same name", async () => {
    const client = clientOf(broker);
    const put = (text: string) =>
      client.put("/replica/broker/capture-1.jsonl", text, "application/jsonl");
    expect((await put("a\n")).status).toBe(200);
    expect((await put("a\n")).status).toBe(200);
    expect((await put("b\n")).status).toBe(409);
    expect(readFileSync(join(folder, "capture-1.jsonl"), "utf8")).toBe("a\n");
  });

  it("stores nothing for a stranger's key, a wrong signature or a body that was changed on the way", async () => {
    const stranger = signerOf("stranger.example/request", newSeed());
    const forger = signerOf(NAME, newSeed());
    for (const signer of [stranger, forger]) {
      const answer = await clientOf(signer).put(
        "/replica/broker/x.jsonl",
        "a",
        "application/jsonl",
      );
      expect(answer.status).toBe(401);
    }
    const unsigned = await fetch(`${url}/replica/broker/x.jsonl`, { method: "PUT", body: "a" });
    expect(unsigned.status).toBe(401);
    expect(unsigned.headers.get("content-type")).toBe("application/problem+json");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses a segment above its limit, a name with a path, another method and any other path", async () => {
    const client = clientOf(broker);
    const large = await client.put(
      "/replica/broker/x.jsonl",
      "a".repeat(1_001),
      "application/jsonl",
    );
    expect(large.status).toBe(413);
    const path = await client.put("/replica/broker/..%2Fx", "a", "application/jsonl");
    expect(path.status).toBe(409);
    expect((await fetch(`${url}/replica/broker/x.jsonl`)).status).toBe(405);
    expect((await fetch(`${url}/anything`)).status).toBe(404);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("has no checkpoint to show before it followed one", async () => {
    expect((await fetch(`${url}/log/broker/checkpoint`)).status).toBe(404);
  });
});

describe("a replica that is opened again", () => {
  it("counts what it holds and drops what a crash left of an upload", async () => {
    const folder = mkdtempSync(join(tmpdir(), "believe-replica-"));
    writeFileSync(join(folder, "capture-1.jsonl"), "abc");
    writeFileSync(join(folder, "capture-2.jsonl.new"), "half");
    const replica = new Replica(folder);
    await replica.open();
    expect(replica.counts).toEqual({ segments: 1, bytes: 3 });
    expect(readdirSync(folder)).toEqual(["capture-1.jsonl"]);
  });
});
