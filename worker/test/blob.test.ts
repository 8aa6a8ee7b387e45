import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { blobsOf, CHUNK_BYTES } from "../src/blob.ts";

const filled = (length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 4093) bytes[i] = i % 251;
  bytes[length - 1] = 7;
  return bytes;
};

const ports = { KV: { KV: env.KV }, R2: { KV: env.KV, BLOBS: env.BUCKET } } as const;

for (const [name, bindings] of Object.entries(ports)) {
  it(`gives back what was put, and null for what never was, on ${name}`, async () => {
    const blobs = blobsOf(bindings);
    const bytes = filled(1_000);
    await blobs.put("a", bytes);
    await blobs.put("a", bytes);
    expect(await blobs.get("a")).toEqual(bytes);
    expect(await blobs.get("b")).toBeNull();
  });
}

it("keeps the first bytes of an immutable key in R2", async () => {
  const blobs = blobsOf(ports.R2);
  await blobs.put("first", filled(10));
  await blobs.put("first", filled(20));
  expect((await blobs.get("first"))?.length).toBe(10);
});

it("cuts what one KV value cannot hold into chunks", async () => {
  const blobs = blobsOf(ports.KV);
  const bytes = filled(CHUNK_BYTES + 5);
  await blobs.put("large", bytes);
  const back = await blobs.get("large");
  expect([back?.length, back?.at(-1), back?.[4093]]).toEqual([CHUNK_BYTES + 5, 7, 4093 % 251]);
  await env.KV.delete("blob/large#1");
  expect(await blobs.get("large")).toBeNull();
});
