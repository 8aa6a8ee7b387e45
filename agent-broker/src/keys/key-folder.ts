import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadOrCreateSeed, loadSeed, signerOf } from "@believe/host/keys";
import { keyIdOf, type Signer, vkeyOf } from "@believe/shared/wire/log";
import { BrokerFailure } from "../failure.ts";

/** What a key signs: checkpoints, the status and the figures, requests and replica parts. One never signs for another. */
export const purposes = ["journal", "status", "request"] as const;
export type Purpose = (typeof purposes)[number];

export type AgentKeys = Readonly<Record<Purpose, Signer>>;

/** The folder of this agent's seeds, and the names under which they sign. */
export interface KeyFolder {
  readonly state: string;
  readonly origin: string;
}

export function seedFile({ state }: KeyFolder, purpose: Purpose): string {
  return join(state, "keys", `${purpose}.seed`);
}

export function retiredFolder({ state }: KeyFolder): string {
  return join(state, "keys", "retired");
}

export function keyName({ origin }: KeyFolder, purpose: Purpose): string {
  return purpose === "journal" ? origin : `${origin}/${purpose}`;
}

/** A signed-note key id as vkeys print it: eight hexadecimal digits. */
export function keyIdText({ name, publicKey }: Signer): string {
  return keyIdOf(name, publicKey).toString(16).padStart(8, "0");
}

/** Loads the keys of a run. A first start makes them; one that was retired is not silently followed by another. */
export function keysOf(folder: KeyFolder): AgentKeys {
  const signer = (purpose: Purpose): Signer => {
    const file = seedFile(folder, purpose);
    if (!existsSync(file) && retired(folder, purpose).length > 0) {
      throw new BrokerFailure(
        "key-retired",
        `expected a ${purpose} key in ${file}, was retired: make the next one with believe-broker keys init`,
      );
    }
    return signerOf(keyName(folder, purpose), loadOrCreateSeed(file));
  };
  expectJournalSeed(folder);
  return { journal: signer("journal"), status: signer("status"), request: signer("request") };
}

/** Verifier keys of a purpose that sign nothing any more. */
export function retired(folder: KeyFolder, purpose: Purpose): string[] {
  const from = retiredFolder(folder);
  if (!existsSync(from)) return [];
  return readdirSync(from)
    .filter((name) => name.startsWith(`${purpose}-`) && name.endsWith(".seed"))
    .sort()
    .map((name) => {
      const { name: by, publicKey } = signerOf(
        keyName(folder, purpose),
        loadSeed(join(from, name)),
      );
      return vkeyOf(by, publicKey);
    });
}

/** A journal that has begun needs the key that it began with: another one is never made in silence. */
export function expectJournalSeed(folder: KeyFolder): void {
  const file = seedFile(folder, "journal");
  const journal = join(folder.state, "journal", "journal-000000.jsonl");
  const hasBegun = existsSync(journal) && statSync(journal).size > 0;
  if (existsSync(file) || !hasBegun) return;
  throw new BrokerFailure(
    "key-missing",
    `expected the journal key of a log that has begun in ${file}, was none: put the seed back from your copy, no other key can go on with this log`,
  );
}
