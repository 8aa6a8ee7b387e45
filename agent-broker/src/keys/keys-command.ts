import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { loadSeed, signerOf } from "@believe/host/keys";
import type { Log } from "@believe/host/log";
import { type TimeUs, timeUs } from "@believe/shared/base";
import { vkeyOf } from "@believe/shared/wire/log";
import type { BrokerConfig } from "../config.ts";
import { expectCurrentDisk } from "./current-disk.ts";
import { rotateJournalKey } from "./journal-rotation.ts";
import { initKey, retireKey, rotateKey } from "./key-change.ts";
import {
  type KeyFolder,
  keyIdText,
  keyName,
  type Purpose,
  purposes,
  retired,
  seedFile,
} from "./key-folder.ts";

export const KEYS_USAGE = `  believe-broker keys init --config FILE            make the keys that are missing
  believe-broker keys show --config FILE            print names, key ids, verifier keys, fingerprints
      instead of --config FILE: --state DIR, and --origin NAME before the journal has begun
  believe-broker keys rotate PURPOSE --config FILE  replace the journal, status or request key; the agent is stopped
  believe-broker keys retire PURPOSE --config FILE  take the status or request key out of use`;

/** A key as it may be shown to anyone. */
export interface ShownKey {
  readonly purpose: Purpose;
  readonly name: string;
  /** Signed-note key id, eight hexadecimal digits. */
  readonly keyId: string;
  readonly vkey: string;
  /** SHA-256 of the public key, hex. */
  readonly fingerprint: string;
  /** Verifier keys of this purpose that sign nothing any more. */
  readonly retired: readonly string[];
}

export interface KeysCommandOptions {
  readonly words: readonly string[];
  readonly config: BrokerConfig;
  readonly log: Pick<Log, "warn">;
}

/** Runs `keys init` or `keys show`, which need no more than a folder; null for other words. */
export function folderCommand(words: readonly string[], folder: KeyFolder): ShownKey[] | null {
  const [verb, ...rest] = words;
  if (rest.length > 0 || (verb !== "init" && verb !== "show")) return null;
  if (verb === "init") for (const one of purposes) initKey(folder, one, wallUs);
  return shown(folder);
}

/** Runs one `keys` command; answers with what it prints, which never holds a seed. Null for words that are none. */
export async function keysCommand(options: KeysCommandOptions): Promise<ShownKey[] | null> {
  const { config, words, log } = options;
  const [verb, word, ...rest] = words;
  if (word === undefined) return folderCommand(words, config);
  const purpose = purposes.find((one) => one === word);
  if (rest.length > 0 || purpose === undefined) return null;
  if (verb !== "rotate" && verb !== "retire") return null;
  const isRotation = verb === "rotate";
  if (isRotation && purpose === "journal") {
    await rotateJournalKey({ config, wallUs, log });
    return shown(config);
  }
  if (purpose !== "journal") await expectCurrentDisk({ config, wallUs, log });
  (isRotation ? rotateKey : retireKey)(config, purpose, wallUs);
  return shown(config);
}

function shown(folder: KeyFolder): ShownKey[] {
  return purposes
    .filter((purpose) => existsSync(seedFile(folder, purpose)))
    .map((purpose) => {
      const signer = signerOf(keyName(folder, purpose), loadSeed(seedFile(folder, purpose)));
      return {
        purpose,
        name: signer.name,
        keyId: keyIdText(signer),
        vkey: vkeyOf(signer.name, signer.publicKey),
        fingerprint: createHash("sha256").update(signer.publicKey).digest("hex"),
        retired: retired(folder, purpose),
      };
    });
}

function wallUs(): TimeUs {
  return timeUs(Date.now() * 1_000);
}
