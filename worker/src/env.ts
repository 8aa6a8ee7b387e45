import { type Estate, estate } from "@believe/shared/wire";
import type { JournalRoom } from "./objects/journal-room.ts";
import type { ClickRoom, LiveRoom } from "./objects/rooms.ts";

/** A Durable Object namespace by what its objects can do, so that routes need not name the classes. */
export interface Rooms<Room> {
  getByName(name: string): Room;
}

/** Bindings of wrangler.toml and the two values that a deployment sets. */
export interface Env {
  /** JSON text of the wire schema `estate`. */
  readonly ESTATE: string;
  /** Base64 of the 32-byte seed of the Worker's witness key. */
  readonly WITNESS_SEED: string;
  readonly KV: KVNamespace;
  readonly JOURNAL: Rooms<JournalRoom>;
  readonly LIVE: Rooms<LiveRoom>;
  readonly CLICK: Rooms<ClickRoom>;
  readonly ASSETS: Fetcher;
  readonly BLOBS?: R2Bucket;
}

/** What Hono handlers of this Worker see. `body` and `keyId` are set by the middleware that reads and verifies. */
export type AppEnv = {
  Bindings: Env;
  Variables: { body: Uint8Array<ArrayBuffer>; keyId: string };
};

let parsed: { readonly text: string; readonly estate: Estate } | null = null;

/** The estate that the deployment fixed; parsed once per isolate. */
export function estateOf(env: Pick<Env, "ESTATE">): Estate {
  if (parsed?.text !== env.ESTATE) {
    parsed = { text: env.ESTATE, estate: estate.parse(JSON.parse(env.ESTATE)) };
  }
  return parsed.estate;
}

/** The one live object's stub. */
export function liveRoom(env: Pick<Env, "LIVE">): LiveRoom {
  return env.LIVE.getByName("live");
}
