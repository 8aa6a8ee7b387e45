import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadOrCreateSeed, loadSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import type { TimeUs } from "@believe/shared/base";
import type { Body } from "@believe/shared/wire";
import { type Signer, vkeyOf } from "@believe/shared/wire/log";
import { BrokerFailure } from "../failure.ts";
import { keepSeed, nextFile } from "./journal-key.ts";
import {
  expectJournalSeed,
  type KeyFolder,
  keyName,
  type Purpose,
  retired,
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
  if (purpose === "journal") expectJournalSeed(folder);
  if (retired(folder, purpose).length === 0) {
    loadOrCreateSeed(file);
    return true;
  }
  const next = nextSigner(folder, purpose);
  journaled(folder, wallUs, [{ purpose, action: "rotated", vkey: vkey(next) }]);
  renameSync(nextFile(folder, purpose), file);
  return true;
}

/**
 * Puts another status or request key in the place of one, whose seed is kept under `keys/retired`. The new seed is durable before the
 * journal speaks of it, and takes its place last: a crash between leaves the old one, and the rotation is asked again.
 */
export function rotateKey(folder: KeyFolder, purpose: Purpose, wallUs: () => TimeUs): void {
  const old = signer(folder, purpose);
  const next = nextSigner(folder, purpose);
  keepSeed(folder, purpose);
  journaled(folder, wallUs, [
    { purpose, action: "retired", vkey: vkey(old) },
    { purpose, action: "rotated", vkey: vkey(next) },
  ]);
  const file = seedFile(folder, purpose);
  renameSync(nextFile(folder, purpose), file);
}

/**
 * Takes a key out of use without another: the agent does not run before `keys init` made the next one. A log's key is
 * never out of use, because nothing but its own signature could name the next one.
 */
export function retireKey(folder: KeyFolder, purpose: Purpose, wallUs: () => TimeUs): void {
  if (purpose === "journal") {
    throw new BrokerFailure(
      "key-fixed",
      "expected a status or request key, was the journal key: a log is never without one; replace it with believe-broker keys rotate journal",
    );
  }
  const old = signer(folder, purpose);
  keepSeed(folder, purpose);
  journaled(folder, wallUs, [{ purpose, action: "retired", vkey: vkey(old) }]);
  rmSync(seedFile(folder, purpose));
}

function signer(folder: KeyFolder, purpose: Purpose): Signer {
  return signerOf(keyName(folder, purpose), loadSeed(seedFile(folder, purpose)));
}

function nextSigner(folder: KeyFolder, purpose: Purpose): Signer {
  return signerOf(keyName(folder, purpose), loadOrCreateSeed(nextFile(folder, purpose)));
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
