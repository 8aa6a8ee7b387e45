import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSeed, signerOf, verifyNode } from "@believe/host/keys";
import { utf8 } from "@believe/shared/base";
import {
  checkpointText,
  cosign,
  Frontier,
  formatPolicy,
  HashTree,
  leafHash,
  parsePolicy,
  type Signer,
  signNote,
  vkeyOf,
} from "@believe/shared/wire/log";
import { beforeEach, describe, expect, it, test } from "vitest";
import { gitEnvironment } from "../config.ts";
import { type AnchorOptions, anchor } from "./index.ts";

const ORIGIN = "log.example/j/broker";
const FILE = "log.example-j-broker/2026-11-20";
const journal = signerOf(ORIGIN, newSeed());
const witness = signerOf("w.example/witness", newSeed());
const policy = parsePolicy(
  formatPolicy({
    log: vkeyOf(ORIGIN, journal.publicKey),
    witnesses: [{ name: "w", vkey: vkeyOf(witness.name, witness.publicKey, 4) }],
    threshold: 1,
  }),
);

function treeOf(salt: string): HashTree {
  const tree = new HashTree();
  for (let i = 0; i < 20; i++) tree.append(leafHash(utf8(`${salt}${i}`)));
  return tree;
}
const [tree, fork] = [treeOf("a"), treeOf("b")];
const rootAt = (size: number, of = tree) => Frontier.of(size, of.frontier(size)).root();

async function noteAt(
  size: number,
  by: { signer?: Signer; witness?: Signer | null; tree?: HashTree } = {},
): Promise<string> {
  const text = checkpointText({ origin: ORIGIN, size, root: rootAt(size, by.tree) });
  const cosigner = by.witness === undefined ? witness : by.witness;
  const line = cosigner === null ? "" : await cosign(text, cosigner, 1_700_000_000);
  return `${await signNote(text, by.signer ?? journal)}${line}`;
}

const hasGit = spawnSync("git", ["--version"]).status === 0;
const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();

let remote: string;
let folder: string;
beforeEach(() => {
  const place = mkdtempSync(join(tmpdir(), "believe-anchor-"));
  remote = join(place, "remote.git");
  folder = join(place, "clone");
  mkdirSync(remote);
  if (hasGit) git(remote, "init", "--quiet", "--bare");
});

const anchored = async (note: string | Promise<string>, change: Partial<AnchorOptions> = {}) =>
  anchor({
    remote,
    folder,
    origin: ORIGIN,
    policy,
    verify: verifyNode,
    note: await note,
    known: [],
    env: gitEnvironment(),
    day: "2026-11-20",
    ...change,
  });
const served = (file = FILE): string => `${git(remote, "show", `main:${file}`)}\n`;
const commits = (): number => Number(git(remote, "rev-list", "--count", "main"));

describe.skipIf(!hasGit)(
  "an anchor in a bare repository (skipped where git is not installed)",
  () => {
    it("files the whole note under its day, moves on, and says nothing twice", async () => {
      expect(await anchored(noteAt(4))).toEqual({
        kind: "anchored",
        file: FILE,
        size: 4,
        cosigners: ["w"],
      });
      expect(served()).toBe(await noteAt(4));
      expect((await anchored(noteAt(4))).kind).toBe("unchanged");
      expect((await anchored(noteAt(9))).kind).toBe("anchored");
      expect((await anchored(noteAt(12), { day: "2026-11-21" })).kind).toBe("anchored");
      expect(served()).toBe(await noteAt(9));
      expect(served("log.example-j-broker/2026-11-21")).toBe(await noteAt(12));
      expect(commits()).toBe(3);
    });

    it("takes the same checkpoint again only with more cosignatures", async () => {
      await anchored(noteAt(4, { witness: null }));
      expect((await anchored(noteAt(4))).kind).toBe("anchored");
      expect((await anchored(noteAt(4, { witness: null }))).kind).toBe("unchanged");
      expect(served()).toBe(await noteAt(4));
    });

    it("goes on from another clone, and pushes what a crash left committed", async () => {
      await anchored(noteAt(4));
      const second = join(folder, "..", "second");
      expect((await anchored(noteAt(7), { folder: second })).kind).toBe("anchored");
      const hooks = join(remote, "hooks");
      mkdirSync(hooks, { recursive: true });
      writeFileSync(join(hooks, "pre-receive"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
      await expect(anchored(noteAt(9))).rejects.toThrow("expected git push");
      expect(served()).toBe(await noteAt(7));
      writeFileSync(join(hooks, "pre-receive"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
      expect((await anchored(noteAt(9))).kind).toBe("unchanged");
      expect(served()).toBe(await noteAt(9));
    });

    test.each<[string, () => Promise<string>, Partial<AnchorOptions>, string]>([
      ["a smaller log than today's anchor", () => noteAt(8), {}, "expected at least the 9 leaves"],
      [
        "a smaller log than an earlier day's",
        () => noteAt(8),
        { day: "2026-11-25" },
        "at least the 9",
      ],
      ["another root at its size", () => noteAt(9, { tree: fork }), {}, "the log was forked"],
      ["another signer", () => noteAt(10, { signer: signerOf(ORIGIN, newSeed()) }), {}, "expected"],
      [
        "a false cosignature",
        () => noteAt(10, { witness: { ...witness, sign: journal.sign } }),
        {},
        "false one",
      ],
      [
        "a log behind what this machine cosigned",
        () => noteAt(10),
        { known: [{ size: 12, root: rootAt(12) }] },
        "expected at least the 12 leaves",
      ],
      [
        "a log other than what this machine followed",
        () => noteAt(10),
        { known: [{ size: 10, root: rootAt(10, fork) }] },
        "forked",
      ],
      [
        "a day before the newest anchor",
        () => noteAt(10),
        { day: "2026-11-19" },
        "is this machine's clock right",
      ],
      [
        "a remote that is an option",
        () => noteAt(10),
        { remote: "--upload-pack=x" },
        "expected the address",
      ],
      [
        "another remote than the clone's",
        () => noteAt(10),
        { remote: "elsewhere" },
        "expected the remote",
      ],
    ])("refuses %s and writes nothing", async (_, note, change, says) => {
      await anchored(noteAt(9));
      await expect(anchored(note(), change)).rejects.toThrow(says);
      expect(served()).toBe(await noteAt(9));
      expect(commits()).toBe(1);
      expect(readdirSync(join(folder, "log.example-j-broker"))).toEqual(["2026-11-20"]);
      expect(readFileSync(join(folder, FILE), "utf8")).toBe(await noteAt(9));
    });

    it("refuses a remote whose history went another way, and a file there that is no checkpoint", async () => {
      await anchored(noteAt(9));
      const second = join(folder, "..", "second");
      git(join(folder, ".."), "clone", "--quiet", "--branch", "main", remote, second);
      writeFileSync(join(second, FILE), "hello\n");
      git(second, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "-aqm", "x");
      git(second, "push", "--quiet", "origin", "HEAD:main");
      await expect(anchored(noteAt(10))).rejects.toThrow("in the anchor of 2026-11-20");
      git(second, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--amend", "-qm", "y");
      git(second, "push", "--quiet", "--force", "origin", "HEAD:main");
      await expect(anchored(noteAt(10))).rejects.toThrow("expected git merge");
    });

    it("touches nothing in a folder that is something else", async () => {
      mkdirSync(folder);
      writeFileSync(join(folder, "mine"), "x");
      await expect(anchored(noteAt(4))).rejects.toThrow(
        "expected an empty folder or a git repository",
      );
      expect(readdirSync(folder)).toEqual(["mine"]);
    });
  },
);

test("says that it is skipped where git is not installed", async () => {
  const env = { PATH: folder };
  await expect(anchored(noteAt(4), { env })).rejects.toThrow("anchor skipped: expected git");
});
