import { existsSync, linkSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncFolder } from "@believe/host/disk";
import { loadSeed, signerOf } from "@believe/host/keys";
import { type Signer, vkeyOf } from "@believe/shared/wire/log";
import { BrokerFailure } from "../failure.ts";
import type { KeyChangeLog } from "./key-change-log.ts";
import {
  type KeyFolder,
  keyIdText,
  keyName,
  type Purpose,
  retiredFolder,
  seedFile,
} from "./key-folder.ts";

/** Where a seed waits until it takes the place of another. */
export function nextFile(folder: KeyFolder, purpose: Purpose): string {
  return `${seedFile(folder, purpose)}.next`;
}

/** Keeps the seed in use under `keys/retired` too. It stays in use until another takes its place. */
export function keepSeed(folder: KeyFolder, purpose: Purpose): void {
  const to = retiredFolder(folder);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const own = seedFile(folder, purpose);
  const file = join(to, `${purpose}-${keyIdText(signerIn(folder, purpose, own))}.seed`);
  if (!existsSync(file)) linkSync(own, file);
  syncFolder(to);
}

/**
 * Completes a change of the journal key that a crash cut off after its note was durable: the old seed is kept, then
 * the new one takes its place in one step. Without such a note the old key stays in force. Answers whether it did.
 */
export function finishKeyChange(folder: KeyFolder, { changes }: KeyChangeLog): boolean {
  const next = nextFile(folder, "journal");
  const last = changes.at(-1);
  if (last === undefined || !existsSync(next)) return false;
  if (vkeyIn(folder, next) !== last.newVkey) return false;
  const file = seedFile(folder, "journal");
  if (existsSync(file)) {
    expectVkey(vkeyIn(folder, file), last.oldVkey, file);
    keepSeed(folder, "journal");
  }
  renameSync(next, file);
  syncFolder(dirname(file));
  return true;
}

/**
 * The key that signs must be the one at the end of the chain that genesis began: by any other the log could not go
 * on, and what it signed would look like a second history.
 */
export function expectJournalKey(
  folder: KeyFolder,
  { changes }: Pick<KeyChangeLog, "changes">,
  of: { readonly genesisKey: string | null; readonly own: Signer },
): void {
  const { genesisKey, own } = of;
  const first = changes[0]?.oldVkey ?? null;
  // A log of changes that belongs to another record.
  if (first !== null && genesisKey !== null) {
    expectVkey(first, genesisKey, join(folder.state, "log", "key-changes.jsonl"));
  }
  const due = changes.at(-1)?.newVkey ?? genesisKey;
  if (due !== null) expectVkey(vkeyOf(own.name, own.publicKey), due, seedFile(folder, "journal"));
}

function expectVkey(is: string, due: string, file: string): void {
  if (is === due) return;
  throw new BrokerFailure(
    "key-differs",
    `expected the journal key ${due} in ${file}, as the newest change of the log's key says or else its genesis, was ${is}`,
  );
}

function vkeyIn(folder: KeyFolder, file: string): string {
  const { name, publicKey } = signerIn(folder, "journal", file);
  return vkeyOf(name, publicKey);
}

function signerIn(folder: KeyFolder, purpose: Purpose, file: string): Signer {
  return signerOf(keyName(folder, purpose), loadSeed(file));
}
