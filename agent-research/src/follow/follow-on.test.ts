import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignedClient } from "@believe/host/http";
import { newSeed, signerOf } from "@believe/host/keys";
import { vkeyOf } from "@believe/shared/wire/log";
import { expect, test } from "vitest";
import { followOn } from "./follow-on.ts";
import { FollowStore } from "./follow-store.ts";
import { Follower } from "./follower.ts";

test("tells of a false log while it is followed, and looks once more when it is stopped", async () => {
  const { name, publicKey } = signerOf("log.example/j/broker", newSeed());
  let looks = 0;
  const client: Pick<SignedClient, "get"> = {
    get: async (path) => {
      // A checkpoint that the known key did not sign may be by a later one: then the changes are asked for too.
      const isCheckpoint = path.endsWith("/checkpoint");
      if (isCheckpoint) looks += 1;
      const text = isCheckpoint
        ? "no checkpoint\n"
        : JSON.stringify({ v: 1, origin: name, changes: [] });
      return { status: 200, headers: {}, bytes: new TextEncoder().encode(text) };
    },
  };
  const follower = new Follower({
    client,
    origin: name,
    vkey: vkeyOf(name, publicKey),
    store: new FollowStore(join(mkdtempSync(join(tmpdir(), "believe-follow-")), "followed.json")),
  });
  const alarms: string[] = [];
  const told = Promise.withResolvers<void>();
  const stop = followOn(follower, {
    longestMs: 60_000,
    wallUs: () => 1,
    onAlarm: async (detail) => {
      alarms.push(detail);
      told.resolve();
    },
  });
  await told.promise;
  await stop();
  expect(looks).toBe(2);
  expect(alarms).toEqual([
    "the served checkpoint is not signed by the broker",
    "the served checkpoint is not signed by the broker",
  ]);
});
