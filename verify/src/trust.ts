import { readFileSync } from "node:fs";
import { BytesFailure, utf8Text } from "@believe/shared/base";
import {
  type KnownKeys,
  keysOfPin,
  type LogSource,
  NO_PINS,
  noteOrigin,
  type PinnedLog,
  type Pins,
  parseKeysFile,
  pinOf,
  servedKeys,
} from "@believe/shared/wire/log";
import type { VerifyArguments } from "./arguments.ts";
import { defaultPinsFile } from "./config.ts";
import { VerifyFailure } from "./failure.ts";
import { readPins } from "./pins-file.ts";

/** Whom a run believes, and why. */
export interface Trust {
  readonly keys: KnownKeys;
  readonly from: "keys file" | "pins" | "first visit";
  /** What an earlier visit saw of this log. */
  readonly seen: PinnedLog | undefined;
  /** Where to remember this visit, null for nowhere. */
  readonly pinsFile: string | null;
}

/** With a keys file nothing is remembered unless a pins file is named too. */
function openPins({ keys, pins }: VerifyArguments): { pins: Pins; pinsFile: string | null } {
  const pinsFile = pins ?? (keys === null ? defaultPinsFile() : null);
  return { pins: pinsFile === null ? NO_PINS : readPins(pinsFile), pinsFile };
}

function keysFile(file: string): KnownKeys {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new VerifyFailure("usage", `expected a keys file at ${file}, could not read it`, {
      cause,
    });
  }
  try {
    return parseKeysFile(utf8Text(bytes));
  } catch (cause) {
    if (!(cause instanceof BytesFailure)) throw cause;
    throw new VerifyFailure("usage", `expected a keys file at ${file}, was no text`, { cause });
  }
}

/** Keys for a served log; null where there is no checkpoint to speak of. */
export async function trustFor(
  args: VerifyArguments,
  source: LogSource & { readonly address: string },
): Promise<Trust | null> {
  const note = await source.get("checkpoint");
  if (note === null) return null;
  const { pins, pinsFile } = openPins(args);
  const seen = pinOf(pins, noteOrigin(note), source.address);
  if (args.keys !== null) return { pinsFile, keys: keysFile(args.keys), from: "keys file", seen };
  if (seen !== undefined) return { pinsFile, keys: keysOfPin(seen), from: "pins", seen };
  const keys = await servedKeys(source);
  if (keys === null) {
    throw new VerifyFailure("usage", "expected --keys FILE, the log shows no key of its own");
  }
  return { pinsFile, keys, from: "first visit", seen };
}

/** Keys for a proof file, which shows none. */
export function trustForProof(args: VerifyArguments, origin: string): KnownKeys {
  if (args.keys !== null) return keysFile(args.keys);
  const { pins, pinsFile } = openPins(args);
  const pin = pinOf(pins, origin, "");
  if (pin !== undefined) return keysOfPin(pin);
  throw new VerifyFailure("usage", `expected --keys FILE or a pin of ${origin} in ${pinsFile}`);
}
