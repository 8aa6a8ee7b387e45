import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "@believe/host/disk";
import type { Verify } from "@believe/shared/base";
import type { Policy } from "@believe/shared/wire/log";
import { ResearchFailure } from "../failure.ts";
import {
  type Anchored,
  anchorFolder,
  mustFollow,
  newestAnchor,
  openAnchored,
} from "./anchor-file.ts";
import { type GitEnvironment, GitFolder, hasGit } from "./git.ts";

const BRANCH = "main";
const AUTHOR = ["-c", "user.name=believe anchor", "-c", "user.email=anchor@localhost"] as const;

export interface AnchorOptions {
  /** URL or path of the git remote, and the local folder of its clone. */
  readonly remote: string;
  readonly folder: string;
  readonly origin: string;
  readonly policy: Policy;
  readonly verify: Verify;
  /** The newest checkpoint as it is served, with its cosignatures. */
  readonly note: string;
  /** Sizes and roots that this machine knows to be the log: what is served must not contradict them. */
  readonly known: readonly { readonly size: number; readonly root: Uint8Array }[];
  /** UTC day that the anchor is filed under, e.g. "2026-11-20". */
  readonly day: string;
  /** What git runs with: credentials come from there. */
  readonly env: GitEnvironment;
}

export interface AnchorOutcome {
  readonly kind: "anchored" | "unchanged";
  /** Path of the day's file in the repository. */
  readonly file: string;
  readonly size: number;
  /** Names of the policy's witnesses whose cosignatures are in the file. */
  readonly cosigners: readonly string[];
}

/**
 * Files the day's newest checkpoint in a git repository and pushes it, forward only. What is in the repository is
 * never taken back: a smaller checkpoint, or another one of the same size, is refused and nothing is written.
 * Throws `ResearchFailure`.
 */
export async function anchor(options: AnchorOptions): Promise<AnchorOutcome> {
  if (!(await hasGit(options.env))) {
    throw new ResearchFailure(
      "git-absent",
      "anchor skipped: expected git on this machine, was none",
    );
  }
  const now = await openAnchored(options.note, "the served checkpoint", options);
  for (const known of options.known) {
    mustFollow({ ...now, ...known }, now, "what this machine knows");
  }
  const git = await clone(options);
  const place = anchorFolder(options.origin);
  const file = `${place}/${options.day}`;
  const isNew = await isNewer(options, git, now);
  if (isNew) {
    mkdirSync(join(options.folder, place), { recursive: true });
    replaceFile(join(options.folder, file), options.note);
    await git.run("add", "--", file);
    const message = `${options.origin} ${options.day}: ${now.size} leaves`;
    await git.run(
      ...AUTHOR,
      "-c",
      "commit.gpgsign=false",
      "commit",
      "--quiet",
      "-m",
      message,
      "--",
      file,
    );
  }
  await push(git);
  const { size, cosigners } = now;
  return { kind: isNew ? "anchored" : "unchanged", file, size, cosigners };
}

/** Whether today's file is to be written: every anchor so far must be one that the log grew from. */
async function isNewer(options: AnchorOptions, git: GitFolder, now: Anchored): Promise<boolean> {
  const newest = await newestAnchor(git, anchorFolder(options.origin), options.day);
  if (newest === null) return true;
  const where = `the anchor of ${newest.day}`;
  const before = await openAnchored(newest.note, where, options);
  mustFollow(before, now, where);
  if (newest.day !== options.day || now.size > before.size) return true;
  return now.cosigners.length > before.cosigners.length;
}

/** The local clone, brought to what the remote has; it never goes back and never merges. */
async function clone({ remote, folder, env }: AnchorOptions): Promise<GitFolder> {
  if (remote === "" || remote.startsWith("-")) {
    throw new ResearchFailure(
      "bad-arguments",
      `expected the address of a git remote, was ${remote}`,
    );
  }
  mkdirSync(folder, { recursive: true });
  const git = new GitFolder(folder, env);
  if (!existsSync(join(folder, ".git"))) {
    if (readdirSync(folder).length > 0) {
      throw new ResearchFailure(
        "bad-arguments",
        `expected an empty folder or a git repository in ${folder}, was something else`,
      );
    }
    await git.run("init", "--quiet");
    await git.run("symbolic-ref", "HEAD", `refs/heads/${BRANCH}`);
    await git.run("remote", "add", "origin", "--", remote);
  }
  const known = await git.run("remote", "get-url", "origin");
  if (known !== remote) {
    throw new ResearchFailure(
      "bad-arguments",
      `expected the remote ${known} of ${folder}, was asked for ${remote}`,
    );
  }
  if ((await git.run("ls-remote", "--heads", "origin", BRANCH)) !== "") {
    await git.run("fetch", "--quiet", "origin", BRANCH);
    await git.run("merge", "--quiet", "--ff-only", "FETCH_HEAD");
  }
  return git;
}

/** Pushes without force: a remote that holds other commits refuses. */
async function push(git: GitFolder): Promise<void> {
  await git.run("push", "--quiet", "origin", `HEAD:refs/heads/${BRANCH}`);
}
