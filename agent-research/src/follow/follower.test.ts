import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { newSeed, signerOf, verifyNode } from "@believe/host/keys";
import { base64, utf8 } from "@believe/shared/base";
import {
  bundleOf,
  checkpointText,
  formatAddCheckpoint,
  leafHash,
  parseTilePath,
  rootOf,
  type Signer,
  signKeyChange,
  signNote,
  signUnfreeze,
  vkeyOf,
} from "@believe/shared/wire/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Witness, WitnessStore } from "../witness/index.ts";
import { FollowStore } from "./follow-store.ts";
import { type Cosigned, Follower } from "./follower.ts";

const ORIGIN = "log.example/j/broker";

describe("following a served log", () => {
  const journal = signerOf(ORIGIN, newSeed());
  let leaves: string[];
  /** What the Worker serves as checkpoint; tests may serve lies. */
  let note: string | null;
  /** The key changes that it serves, and how. */
  let changes: string[];
  let served: { status: number; body: () => string };
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
  /** Roots that the operator declared void. */
  const voids = new Set<string>();
  const follower = (): Follower =>
    new Follower({
      client: new SignedClient({ baseUrl: url, keyId: journal.name, sign: journal.sign }),
      origin: ORIGIN,
      vkey: vkeyOf(ORIGIN, journal.publicKey),
      store: new FollowStore(file),
      isVoid: (root) => voids.has(root),
    });

  beforeEach(async () => {
    voids.clear();
    leaves = [];
    note = null;
    changes = [];
    served = { status: 200, body: () => JSON.stringify({ v: 1, origin: ORIGIN, changes }) };
    file = join(mkdtempSync(join(tmpdir(), "believe-follow-")), "followed.json");
    server = createServer((request, response) => {
      const path = (request.url ?? "").replace("/log/broker/", "");
      if (path === "key-changes") {
        response.writeHead(served.status).end(served.body());
        return;
      }
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

  describe("over a fork that the operator ends", () => {
    const rootOfNow = (): string => base64(rootOf(leaves.map((entry) => leafHash(utf8(entry)))));
    const look = async () => (await follower().look(1)).kind;
    const seen = () => follower().state.consistent;
    /** Serves another history of the same key, as large or larger; answers its root. */
    const serveFork = async (mark: string, size: number): Promise<string> => {
      leaves = Array.from({ length: size }, (_, i) => (i < 2 ? `leaf ${i}` : `${mark} ${i}`));
      note = await noteOf(leaves);
      return rootOfNow();
    };
    const serveOurs = async (size: number): Promise<void> => {
      leaves = [];
      await grow(size);
    };

    it("is consistent again at the next look that verifies, and after a restart", async () => {
      await serveOurs(5);
      await look();
      const other = await serveFork("fork", 5);
      expect(await look()).toBe("inconsistent");
      await serveOurs(5);
      expect([await look(), seen()], "no word of the operator yet").toEqual(["unchanged", false]);
      voids.add(other);
      expect(seen(), "nothing was looked at yet").toBe(false);
      await serveOurs(7);
      expect([await look(), seen()]).toEqual(["advanced", true]);
      voids.clear();
      expect(seen(), "it is on the disk").toBe(true);
      await serveFork("fork", 5);
      expect([await look(), seen()], "the void one is no less an alarm").toEqual([
        "inconsistent",
        false,
      ]);
    });

    it("stays inconsistent until there is a word on each of the forks, larger and smaller ones", async () => {
      await serveOurs(5);
      await look();
      for (const [mark, size] of [
        ["a", 5],
        ["b", 9],
        ["c", 4],
      ] as const) {
        voids.add(await serveFork(mark, size));
        expect(await look()).toBe("inconsistent");
      }
      const [first = "", ...others] = voids;
      await serveOurs(6);
      voids.delete(first);
      expect([await look(), seen()]).toEqual(["advanced", false]);
      voids.add(first);
      expect([await look(), seen(), others.length]).toEqual(["unchanged", true, 2]);
    });

    it("does not believe a look that fails, nor forgives what is no fork", async () => {
      await serveOurs(5);
      await look();
      voids.add(await serveFork("fork", 5));
      await look();
      expect([await look(), seen()], "the void history is served still").toEqual([
        "inconsistent",
        false,
      ]);
      note = await signNote("hello\n", journal);
      await look();
      await serveOurs(5);
      expect([await look(), seen()], "a checkpoint that nobody can judge").toEqual([
        "unchanged",
        false,
      ]);
    });

    it("takes an alarm of an earlier release for one that nobody can end", async () => {
      await serveOurs(5);
      await look();
      const { doubts: _, ...before } = JSON.parse(readFileSync(file, "utf8"));
      writeFileSync(file, JSON.stringify({ ...before, consistent: false }));
      expect([await look(), seen()]).toEqual(["unchanged", false]);
    });
  });

  describe("over key changes", () => {
    const second = signerOf(ORIGIN, newSeed());
    const third = signerOf(ORIGIN, newSeed());
    const changeNow = async (from: Signer, to: Signer, size = leaves.length): Promise<void> => {
      const root = rootOf(leaves.slice(0, size).map((entry) => leafHash(utf8(entry))));
      changes.push(await signKeyChange({ origin: ORIGIN, size, root }, from, to));
    };
    const kindOf = async (follow: Follower) => (await follow.look(1)).kind;

    it("takes the new key's checkpoints once the chain leads to it, and remembers that after a restart", async () => {
      await grow(3);
      const follow = follower();
      await follow.look(1);
      await changeNow(journal, second);
      expect(await kindOf(follow), "the old key's last checkpoint is served still").toBe(
        "unchanged",
      );
      note = await noteOf(leaves, second);
      expect(await kindOf(follow)).toBe("unchanged");
      await grow(4);
      note = await noteOf(leaves, second);
      expect(await kindOf(follow)).toBe("advanced");
      served = { status: 500, body: () => "" };
      expect(await kindOf(follower()), "the change is on its disk").toBe("unchanged");
      note = await noteOf(leaves, journal);
      expect(await kindOf(follower())).toBe("unreachable");
      served = { status: 200, body: () => JSON.stringify({ v: 1, origin: ORIGIN, changes }) };
      expect(await kindOf(follower()), "what the old key signs counts no more").toBe(
        "inconsistent",
      );
    });

    it("follows two changes that came while it was away, the second before a checkpoint", async () => {
      await grow(3);
      await changeNow(journal, second);
      await grow(300);
      await changeNow(second, third);
      note = await noteOf(leaves, second);
      const follow = follower();
      expect(await kindOf(follow)).toBe("advanced");
      note = await noteOf(leaves, third);
      expect(await kindOf(follow)).toBe("unchanged");
      expect(follow.state.keyChanges).toEqual(changes);
    });

    const lies: [string, () => Promise<void> | void][] = [
      [
        "no key changes",
        () => {
          changes = [];
        },
      ],
      [
        "no such route",
        () => {
          served.status = 404;
        },
      ],
      [
        "other text",
        () => {
          served.body = () => "hello";
        },
      ],
      [
        "changes of another log",
        () => {
          served.body = () => JSON.stringify({ v: 1, origin: "other", changes });
        },
      ],
      [
        "a change with one signature",
        () => void changes.push(changes.pop()?.replace(/[^\n]+\n$/, "") ?? ""),
      ],
      [
        "a change by a stranger",
        async () => {
          changes = [];
          await changeNow(third, second);
        },
      ],
      [
        "a change at another root",
        async () => {
          changes = [];
          const root = new Uint8Array(32);
          changes.push(await signKeyChange({ origin: ORIGIN, size: 3, root }, journal, second));
        },
      ],
      [
        "a change beyond the checkpoint",
        async () => {
          changes = [];
          leaves.push("a leaf that is not covered");
          await changeNow(journal, second);
          leaves.pop();
        },
      ],
    ];
    it.each(lies)("alarms at a new key with %s", async (_, lie) => {
      await grow(3);
      await follower().look(1);
      await changeNow(journal, second);
      await grow(2);
      note = await noteOf(leaves, second);
      await lie();
      const follow = follower();
      expect(await kindOf(follow)).toBe("inconsistent");
      expect([follow.state.size, follow.state.keyChanges]).toEqual([3, []]);
    });

    it("alarms when a change that it verified is served no more, or as another", async () => {
      await grow(3);
      await changeNow(journal, second);
      note = await noteOf(leaves, second);
      await follower().look(1);
      changes = [];
      await changeNow(journal, third);
      note = await noteOf(leaves, third);
      expect(await kindOf(follower())).toBe("inconsistent");
    });
  });

  it("fetches the leaf hashes that an earlier release did not keep, and knows every root then", async () => {
    await grow(300);
    await follower().look(1);
    rmSync(`${file}.leaves`);
    const follow = follower();
    expect([follow.rootAt(299), follow.rootAt(300)]).toEqual([null, expect.anything()]);
    expect((await follow.look(2)).kind).toBe("unchanged");
    const roots = leaves.map((entry) => leafHash(utf8(entry)));
    for (const size of [0, 1, 255, 256, 299]) {
      expect(follower().rootAt(size)).toEqual(rootOf(roots.slice(0, size)));
    }
    rmSync(`${file}.leaves`);
    leaves[7] = "another leaf";
    note = await noteOf(leaves);
    expect((await follower().look(3)).kind, "what is fetched again must be the same").toBe(
      "inconsistent",
    );
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

    it("is brought back by the operator's note, though the witness was not frozen and it had not seen the log before", async () => {
      const operator = signerOf(`${ORIGIN}/operator`, newSeed());
      const witness: Witness = new Witness({
        origin: ORIGIN,
        vkeys: [vkeyOf(ORIGIN, journal.publicKey)],
        operator: vkeyOf(operator.name, operator.publicKey),
        verify: verifyNode,
        signer: signerOf(`${ORIGIN}/research/witness`, newSeed()),
        store: new WitnessStore(`${file}.cosigned`),
        followedRoot: (size) => follow.rootAt(size),
        wallS: () => 1_700_000_000,
        onAlarm: () => undefined,
      });
      const follow = new Follower({
        client: new SignedClient({ baseUrl: url, keyId: journal.name, sign: journal.sign }),
        origin: ORIGIN,
        vkey: vkeyOf(ORIGIN, journal.publicKey),
        store: new FollowStore(file),
        cosigned: () => witness.state,
        isVoid: (root) => witness.state.voids.some((one) => one.root === root),
      });
      await grow(4);
      const first = formatAddCheckpoint({ oldSize: 0, proof: [], note: note ?? "" });
      expect((await witness.addCheckpoint(first)).kind).toBe("cosigned");
      const root = rootAt(4);
      leaves[2] = "another leaf";
      note = await noteOf(leaves);
      expect((await follow.look(1)).kind).toBe("inconsistent");
      const otherRoot = rootAt(4);
      leaves = [];
      await grow(4);
      expect([(await follow.look(2)).kind, follow.state.consistent]).toEqual(["advanced", false]);
      const word = { origin: ORIGIN, size: 4, root, otherRoot, reason: "a disk came back" };
      await witness.unfreeze(await signUnfreeze(word, operator));
      expect([(await follow.look(3)).kind, follow.state.consistent]).toEqual(["unchanged", true]);
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
