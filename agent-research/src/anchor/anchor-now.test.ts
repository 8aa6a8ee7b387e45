import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSeed, signerOf } from "@believe/host/keys";
import { base64, utf8 } from "@believe/shared/base";
import {
  checkpointText,
  Frontier,
  HashTree,
  leafHash,
  signKeyChange,
  signNote,
  vkeyOf,
} from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ResearchConfig } from "../config.ts";
import { FollowStore } from "../follow/index.ts";
import { anchorNow } from "./anchor-now.ts";

const ORIGIN = "log.example/j/broker";
const [first, second, stranger] = [newSeed(), newSeed(), newSeed()].map((seed) =>
  signerOf(ORIGIN, seed),
);
if (!first || !second || !stranger) throw new Error("expected three keys");
const tree = new HashTree();
for (let i = 0; i < 20; i++) tree.append(leafHash(utf8(`leaf ${i}`)));
const rootAt = (size: number) => Frontier.of(size, tree.frontier(size)).root();
const noteAt = (size: number, signer = first): Promise<string> =>
  signNote(checkpointText({ origin: ORIGIN, size, root: rootAt(size) }), signer);

const hasGit = spawnSync("git", ["--version"]).status === 0;

describe.skipIf(!hasGit)("an anchor over a changed key, where git is installed", () => {
  let place: string;
  let served: string;
  let server: Server;
  let config: ResearchConfig;

  beforeEach(async () => {
    place = mkdtempSync(join(tmpdir(), "believe-anchor-now-"));
    for (const folder of ["remote.git", "state"]) mkdirSync(join(place, folder));
    execFileSync("git", ["-C", join(place, "remote.git"), "init", "--quiet", "--bare"]);
    server = createServer((_, response) => response.end(served));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    config = {
      state: join(place, "state"),
      origin: ORIGIN,
      keys: {
        brokerJournal: vkeyOf(ORIGIN, first.publicKey),
        brokerRequest: vkeyOf(`${ORIGIN}/request`, first.publicKey),
      },
      worker: { url: `http://127.0.0.1:${port}` },
      door: { host: "127.0.0.1", port: 0, segmentBytesMax: 1 },
      openOverdue: false,
      followMs: 1000,
      statusMs: 1000,
    };
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  const anchored = async (note: string) => {
    served = note;
    const git = { remote: join(place, "remote.git"), folder: join(place, "clone") };
    return await anchorNow(config, git);
  };
  /** What the follower keeps once it has verified the log to `size`, and the key's change at 4 leaves. */
  const followedTo = async (size: number, isChanged: boolean): Promise<void> => {
    const store = new FollowStore(join(config.state, "followed.json"));
    const at = { origin: ORIGIN, size: 4, root: rootAt(4) };
    const keyChanges = isChanged ? [await signKeyChange(at, first, second)] : [];
    store.save({ ...store.load(), size, root: base64(rootAt(size)), keyChanges });
  };

  it("goes on from the anchor that the old key signed", async () => {
    await followedTo(4, false);
    expect(await anchored(await noteAt(4))).toMatchObject({ kind: "anchored", size: 4 });
    await followedTo(4, true);
    expect(
      await anchored(await noteAt(4)),
      "until the new key signs, its last is served",
    ).toMatchObject({ kind: "unchanged", size: 4 });
    expect(await anchored(await noteAt(7, second))).toMatchObject({ kind: "anchored", size: 7 });
    expect(await anchored(await noteAt(7, second))).toMatchObject({ kind: "unchanged" });
    await expect(anchored(await noteAt(6, second))).rejects.toThrow("at least the 7 leaves");
  });

  it("takes neither what the old key signs afterwards, nor a key that no verified change leads to", async () => {
    await followedTo(4, false);
    await anchored(await noteAt(4));
    await expect(anchored(await noteAt(7, second))).rejects.toThrow("the log's key in force");
    await followedTo(4, true);
    for (const signer of [first, stranger]) {
      await expect(anchored(await noteAt(7, signer))).rejects.toThrow("the log's key in force");
    }
    const names = execFileSync("git", [
      "-C",
      join(place, "remote.git"),
      "log",
      "main",
      "--format=%s",
    ]);
    expect(names.toString()).toMatch(/^[^\n]+: 4 leaves\n$/);
  });
});
