import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { loadSeed, signerOf } from "@believe/host/keys";
import type { Log } from "@believe/host/log";
import { type TimeUs, timeUs } from "@believe/shared/base";
import { vkeyOf } from "@believe/shared/wire/log";
import type { BrokerConfig } from "../config.ts";
import { BrokerFailure } from "../failure.ts";
import { reconcile } from "../recovery/reconcile.ts";
import { initKey, retireKey, rotateKey } from "./key-change.ts";
import {
  type KeyFolder,
  keyIdText,
  keyName,
  keysOf,
  type Purpose,
  purposes,
  retired,
  seedFile,
} from "./key-folder.ts";

export const KEYS_USAGE = `  believe-broker keys init --config FILE            make the keys that are missing
  believe-broker keys show --config FILE            print names, key ids, verifier keys, fingerprints
  believe-broker keys rotate PURPOSE --config FILE  replace the status or the request key
  believe-broker keys retire PURPOSE --config FILE  take it out of use`;

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

/** Runs one `keys` command; answers with what it prints, which never holds a seed. Null for words that are none. */
export async function keysCommand(options: KeysCommandOptions): Promise<ShownKey[] | null> {
  const [verb, word, ...rest] = options.words;
  const purpose = purposes.find((one) => one === word);
  const { config } = options;
  if (rest.length > 0) return null;
  if (word === undefined && verb === "init") {
    for (const one of purposes) initKey(config, one, wallUs);
    return shown(config);
  }
  if (word === undefined && verb === "show") return shown(config);
  if (purpose === undefined) return null;
  if (verb !== "rotate" && verb !== "retire") return null;
  if (purpose !== "journal") await expectCurrentDisk(options);
  const change = verb === "rotate" ? rotateKey : retireKey;
  change(config, purpose, wallUs);
  return shown(config);
}

/** A line on a disk that went back would take a number that was given already: it is rebuilt first. */
async function expectCurrentDisk({ config, log }: KeysCommandOptions): Promise<void> {
  for (const purpose of purposes) {
    const file = seedFile(config, purpose);
    if (existsSync(file)) continue;
    throw new BrokerFailure(
      "bad-arguments",
      `expected a ${purpose} key in ${file}, was none: make it with believe-broker keys init`,
    );
  }
  await reconcile({ config, keys: keysOf(config), wallUs, log });
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
