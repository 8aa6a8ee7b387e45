import type { Bytes } from "@believe/shared/base";
import type { Env } from "./env.ts";

/** Immutable bytes by key. A key is written once; writing the same bytes again is harmless. */
export interface Blobs {
  get(key: string): Promise<Bytes | null>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** KV refuses values above 25 MiB; a larger blob is a head and chunks of this size. */
export const CHUNK_BYTES = 24 * 1024 * 1024;

const headKey = (key: string): string => `blob/${key}`;
const chunkKey = (key: string, index: number): string => `blob/${key}#${index}`;

interface Head {
  readonly bytes: number;
}

function kvBlobs(kv: KVNamespace): Blobs {
  return {
    async get(key) {
      const first = await kv.getWithMetadata<Head>(headKey(key), {
        type: "arrayBuffer",
        cacheTtl: 86_400,
      });
      if (first.value === null) return null;
      const total = first.metadata?.bytes ?? first.value.byteLength;
      const out = new Uint8Array(total);
      out.set(new Uint8Array(first.value));
      let at = first.value.byteLength;
      for (let index = 1; at < total; index++) {
        const chunk = await kv.get(chunkKey(key, index), "arrayBuffer");
        if (chunk === null) return null;
        out.set(new Uint8Array(chunk), at);
        at += chunk.byteLength;
      }
      return out;
    },
    async put(key, bytes) {
      // Tail chunks first: a head that is visible has all of its chunks.
      for (let index = Math.ceil(bytes.length / CHUNK_BYTES) - 1; index > 0; index--) {
        const from = index * CHUNK_BYTES;
        await kv.put(chunkKey(key, index), bytes.slice(from, from + CHUNK_BYTES));
      }
      await kv.put(headKey(key), bytes.slice(0, CHUNK_BYTES), {
        metadata: { bytes: bytes.length } satisfies Head,
      });
    },
  };
}

function r2Blobs(bucket: R2Bucket): Blobs {
  return {
    async get(key) {
      const object = await bucket.get(key);
      return object === null ? null : new Uint8Array(await object.arrayBuffer());
    },
    async put(key, bytes) {
      await bucket.put(key, bytes, { onlyIf: { etagDoesNotMatch: "*" } });
    },
  };
}

/** The blob port of this deployment: R2 where it is bound, else KV. */
export function blobsOf(env: Pick<Env, "KV" | "BLOBS">): Blobs {
  return env.BLOBS === undefined ? kvBlobs(env.KV) : r2Blobs(env.BLOBS);
}
