import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadOrCreateSeed, loadSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import type { TimeUs } from "@believe/shared/base";
import type { Body } from "@believe/shared/wire";
import { type Signer, vkeyOf } from "@believe/shared/wire/log";
import { BrokerFailure } from "../failure.ts";
import {
  type KeyFolder,
  keyIdText,
  keyName,
  type Purpose,
  retired,
  retiredFolder,
  seedFile,
} from "./key-folder.ts";

type Change = Omit<Body<"key">, "size">;

/**
 * Makes a key where there is none. The first one of a purpose is named by the genesis record; one that follows a
 * retired key is journaled. Answers whether it was made.
 */
export function initKey(folder: KeyFolder, purpose: Purpose, wallUs: () => TimeUs): boolean {
  const file = seedFile(folder, purpose);
  if (existsSync(file)) {
    loadSeed(file);
    return false;
  }
  if (retired(folder, purpose).length === 0) {
    loadOrCreateSeed(file);
    return true;
  }
  const next = nextSigner(folder, purpose);
  journaled(folder, wallUs, [{ purpose, action: "rotated", vkey: vkey(next) }]);
  renameSync(`${file}.next`, file);
  return true;
}

/**
 * Puts another key in the place of one, whose seed is kept under `keys/retired`. The new seed is durable before the
 * journal speaks of it, and takes its place last: a crash between leaves the old one, and the rotation is asked again.
 */
export function rotateKey(folder: KeyFolder, purpose: Purpose, wallUs: () => TimeUs): void {
  expectReplaceable(purpose);
  const old = signer(folder, purpose);
  const next = nextSigner(folder, purpose);
  keep(folder, purpose, old);
  journaled(folder, wallUs, [
    { purpose, action: "retired", vkey: vkey(old) },
    { purpose, action: "rotated", vkey: vkey(next) },
  ]);
  const file = seedFile(folder, purpose);
  renameSync(`${file}.next`, file);
}

/** Takes a key out of use without another: the agent does not run before `keys init` made the next one. */
export function retireKey(folder: KeyFolder, purpose: Purpose, wallUs: () => TimeUs): void {
  expectReplaceable(purpose);
  const old = signer(folder, purpose);
  keep(folder, purpose, old);
  journaled(folder, wallUs, [{ purpose, action: "retired", vkey: vkey(old) }]);
  rmSync(seedFile(folder, purpose));
}

/** The log is its key: who checks the record holds one verifier key, and the Worker takes no checkpoint by another. */
function expectReplaceable(purpose: Purpose): void {
  if (purpose !== "journal") return;
  throw new BrokerFailure(
    "key-fixed",
    "expected a status or request key, was the journal key: a log keeps its key for life, so that a stranger's pin holds; begin another log under another origin instead",
  );
}

function signer(folder: KeyFolder, purpose: Purpose): Signer {
  return signerOf(keyName(folder, purpose), loadSeed(seedFile(folder, purpose)));
}

function nextSigner(folder: KeyFolder, purpose: Purpose): Signer {
  const file = `${seedFile(folder, purpose)}.next`;
  return signerOf(keyName(folder, purpose), loadOrCreateSeed(file));
}

function keep(folder: KeyFolder, purpose: Purpose, old: Signer): void {
  const to = retiredFolder(folder);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const file = join(to, `${purpose}-${keyIdText(old)}.seed`);
  if (!existsSync(file)) linkSync(seedFile(folder, purpose), file);
}

function vkey({ name, publicKey }: Signer): string {
  return vkeyOf(name, publicKey);
}

/** Journals changes of keys with the size of the log now. An agent that runs holds the journal, and this is refused. */
function journaled(folder: KeyFolder, wallUs: () => TimeUs, changes: readonly Change[]): void {
  const { state, origin } = folder;
  const wal = Wal.open({ folder: join(state, "journal"), wallUs });
  try {
    if (wal.nextSeq === 0) {
      throw new BrokerFailure(
        "bad-arguments",
        `expected a journal that has begun in ${state}, was an empty one: before its first record a seed file is simply replaced`,
      );
    }
    const spool = Spool.open({ folder: join(state, "log"), origin, sha256: nodeSha256, wal });
    try {
      const { size } = spool;
      for (const change of changes) wal.append({ stream: "key", body: { ...change, size } });
      wal.sync();
    } finally {
      spool.close();
    }
  } finally {
    wal.close();
  }
}
