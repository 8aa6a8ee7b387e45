import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { newSeed, signerOf } from "@believe/host/keys";
import { utf8 } from "@believe/shared/base";
import {
  bundleOf,
  checkpointText,
  leafHash,
  parseTilePath,
  rootOf,
  signNote,
  vkeyOf,
} from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FollowStore } from "./follow-store.ts";
import { type Cosigned, Follower } from "./follower.ts";

const ORIGIN = "log.example/j/broker";

describe("following a served log", () => {
  const journal = signerOf(ORIGIN, newSeed());
  let leaves: string[];
  /** What the Worker serves as checkpoint; tests may serve lies. */
  let note: string | null;
  let server: Server;
  let url: string;
  let file: string;

  const noteOf = (entries: readonly string[], signer = journal): Promise<string> =>
    signNote(
      checkpointText({
        origin: ORIGIN,
        size: entries.length,
        root: rootOf(entries.map((entry) => leafHash(utf8(entry)))),
      }),
      signer,
    );
  const grow = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) leaves.push(`leaf ${leaves.length}`);
    note = await noteOf(leaves);
  };
  const follower = (): Follower =>
    new Follower({
      client: new SignedClient({ baseUrl: url, keyId: journal.name, sign: journal.sign }),
      origin: ORIGIN,
      vkey: vkeyOf(ORIGIN, journal.publicKey),
      store: new FollowStore(file),
    });

  beforeEach(async () => {
    leaves = [];
    note = null;
    file = join(mkdtempSync(join(tmpdir(), "believe-follow-")), "followed.json");
    server = createServer((request, response) => {
      const path = (request.url ?? "").replace("/log/broker/", "");
      if (path === "checkpoint") {
        response.writeHead(note === null ? 404 : 200).end(note ?? "");
        return;
      }
      const { index, width } = parseTilePath(path);
      const entries = leaves.slice(index * 256, index * 256 + width);
      response.writeHead(200).end(bundleOf(entries.map((entry) => utf8(entry))));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  it("advances over bundles of any width and keeps the note that it checked", async () => {
    const follow = follower();
    expect(await follow.look(1)).toEqual({ kind: "empty" });
    for (const count of [1, 254, 1, 1, 300]) {
      await grow(count);
      expect(await follow.look(2)).toEqual({ kind: "advanced", size: leaves.length });
    }
    expect(await follow.look(3)).toEqual({ kind: "unchanged" });
    expect(follow.state.note).toBe(note);
    expect(follow.state.consistent).toBe(true);
  });

  it("goes on from its own file after a restart and never forgets what it saw", async () => {
    await grow(5);
    await follower().look(1);
    const kept = note;
    leaves = leaves.slice(0, 3);
    note = await noteOf(leaves);
    const again = follower();
    const followed = await again.look(2);
    expect(followed.kind, "a rolled back log is an alarm").toBe("inconsistent");
    expect(again.state.size).toBe(5);
    leaves = ["leaf 0", "leaf 1", "leaf 2", "leaf 3", "leaf 4"];
    note = kept;
    await again.look(3);
    expect(again.state.consistent, "an alarm stays until a person clears it").toBe(false);
  });

  it("alarms when an entry that it has seen was replaced, and when a size gets another root", async () => {
    await grow(4);
    const follow = follower();
    await follow.look(1);
    leaves[1] = "another leaf";
    await grow(2);
    expect((await follow.look(2)).kind).toBe("inconsistent");
  });

  it("alarms when the checkpoint is not signed by the broker", async () => {
    leaves = ["leaf 0"];
    note = await noteOf(leaves, signerOf(ORIGIN, newSeed()));
    expect((await follower().look(1)).kind).toBe("inconsistent");
  });

  it("says that the Worker is unreachable without calling it inconsistent", async () => {
    const follow = follower();
    await new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
    expect((await follow.look(1)).kind).toBe("unreachable");
    expect(follow.state.consistent).toBe(true);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  });

  describe("beside a witness", () => {
    const rootAt = (size: number) =>
      rootOf(leaves.slice(0, size).map((entry) => leafHash(utf8(entry))));
    const beside = (cosigned: () => Cosigned): Follower =>
      new Follower({
        client: new SignedClient({ baseUrl: url, keyId: journal.name, sign: journal.sign }),
        origin: ORIGIN,
        vkey: vkeyOf(ORIGIN, journal.publicKey),
        store: new FollowStore(file),
        cosigned,
      });

    it("alarms when the served log is smaller than what was cosigned, or not served at all", async () => {
      await grow(5);
      const cosigned = { size: 5, root: rootAt(5) };
      leaves = leaves.slice(0, 3);
      note = await noteOf(leaves);
      const follow = beside(() => cosigned);
      expect(await follow.look(1)).toEqual({
        kind: "inconsistent",
        detail: "expected ≥ 5 leaves, as cosigned, was 3",
      });
      note = null;
      expect((await beside(() => cosigned).look(2)).kind).toBe("inconsistent");
    });

    it("alarms when the served entries are not those that were cosigned, below the served size too", async () => {
      await grow(5);
      const cosigned = { size: 4, root: rootAt(4) };
      leaves[2] = "another leaf";
      note = await noteOf(leaves);
      const follow = beside(() => cosigned);
      expect((await follow.look(1)).kind).toBe("inconsistent");
      expect(follow.state.consistent).toBe(false);
    });

    it("takes a checkpoint that was cosigned while it was asking, and remembers roots to compare", async () => {
      await grow(3);
      let cosigned = { size: 3, root: rootAt(3) };
      const follow = beside(() => {
        const before = cosigned;
        cosigned = { size: 9, root: rootAt(3) };
        return before;
      });
      expect(await follow.look(1)).toEqual({ kind: "advanced", size: 3 });
      for (const size of [1, 2, 3]) expect(follow.rootAt(size)).toEqual(rootAt(size));
      expect(follow.rootAt(4)).toBeNull();
    });
  });

  it("refuses a state file that it did not write, in one sentence that names it", async () => {
    writeFileSync(file, "{}");
    expect(() => follower()).toThrow(`expected the last followed checkpoint in ${file}`);
    expect(readFileSync(file, "utf8"), "nothing is overwritten").toBe("{}");
  });
});
