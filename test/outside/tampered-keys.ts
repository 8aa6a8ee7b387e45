import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { utf8 } from "@believe/shared/base";
import {
  checkpointText,
  HashTree,
  leafHash,
  operatorName,
  rootAt,
  type Signer,
  signKeyChange,
  signNote,
  signUnfreeze,
} from "@believe/shared/wire/log";
import { editText } from "./mirrored-folder.ts";
import { MINUTES, OLD_SIZE, type ServedRecord } from "./served-record.ts";
import type { Tampering } from "./tampering.ts";

/** Size at which the log of these copies changed its key, after it was forked at `OLD_SIZE`. */
const CHANGED_AT = 200;
const OTHER_ROOT = new Uint8Array(32).fill(9);

const keyOf = (record: ServedRecord, fill: number): Signer =>
  signerOf(record.journal.name, new Uint8Array(32).fill(fill));
const next = (record: ServedRecord): Signer => keyOf(record, 41);
const thief = (record: ServedRecord): Signer => keyOf(record, 42);

function rootOf({ leaves }: ServedRecord, size: number) {
  const tree = new HashTree(nodeSha256);
  for (const text of leaves) tree.append(leafHash(utf8(text)));
  return rootAt(tree, size, nodeSha256);
}

function change(record: ServedRecord, old: Signer, to: Signer, size = CHANGED_AT): Promise<string> {
  const at = { origin: record.journal.name, size, root: rootOf(record, size) };
  return signKeyChange(at, old, to);
}

function serveChanges(folder: string, { journal }: ServedRecord, ...changes: string[]): void {
  const text = JSON.stringify({ v: 1, origin: journal.name, changes });
  writeFileSync(join(folder, "key-changes"), text);
}

/** The checkpoint of the copy under another journal key, its cosignature kept. */
async function signedBy(folder: string, record: ServedRecord, by: Signer): Promise<void> {
  const about = { origin: by.name, size: MINUTES, root: rootOf(record, MINUTES) };
  const note = await signNote(checkpointText(about), by);
  editText(folder, "checkpoint", (text) => note + text.split("\n").slice(5).join("\n"));
}

async function serveFork(
  folder: string,
  record: ServedRecord,
  operator: Signer | null,
  by = record.journal,
): Promise<void> {
  const { journal } = record;
  const origin = journal.name;
  const stands = { origin, size: OLD_SIZE, root: rootOf(record, OLD_SIZE) };
  const about = { ...stands, otherRoot: OTHER_ROOT, reason: "a disk was copied" };
  const fork = {
    size: OLD_SIZE,
    cosigned: record.oldCheckpoint,
    other: await signNote(checkpointText({ ...stands, root: OTHER_ROOT }), by),
    unfrozen: operator === null ? null : await signUnfreeze(about, operator),
  };
  writeFileSync(join(folder, "forks"), JSON.stringify({ v: 1, origin, forks: [fork] }));
}

/** A copy of a log that was forked and unfrozen, and whose key changed later: a visitor with the first key takes it. */
export async function historic(folder: string, record: ServedRecord): Promise<void> {
  await serveFork(folder, record, record.operator);
  serveChanges(folder, record, await change(record, record.journal, next(record)));
  await signedBy(folder, record, next(record));
}

/** The same, served just after the change: the old key's last checkpoint is still the newest. */
export async function handedOver(folder: string, record: ServedRecord): Promise<void> {
  serveChanges(folder, record, await change(record, record.journal, next(record), MINUTES));
}

/** Of changed keys. */
const ofKeys: readonly Tampering[] = [
  {
    says: "a forged key change",
    place: "key-changes/0",
    act: async (folder, record) => {
      const forged = { ...record.journal, sign: thief(record).sign };
      serveChanges(folder, record, await change(record, forged, thief(record)));
      await signedBy(folder, record, thief(record));
    },
  },
  {
    says: "a key change with one signature",
    place: "key-changes/0",
    act: async (folder, record) => {
      const note = await change(record, record.journal, thief(record));
      const [text = "", lines = ""] = note.split("\n\n");
      serveChanges(folder, record, `${text}\n\n${lines.split("\n")[1]}\n`);
      await signedBy(folder, record, thief(record));
    },
  },
  {
    says: "a chain of keys that skips one",
    place: "key-changes/1",
    act: async (folder, record) => {
      const first = await change(record, record.journal, next(record));
      const skipped = await change(record, keyOf(record, 43), thief(record));
      serveChanges(folder, record, first, skipped);
      await signedBy(folder, record, thief(record));
    },
  },
  {
    says: "a key change from a key that the visitor does not know",
    place: "key-changes/0",
    act: async (folder, record) => {
      serveChanges(folder, record, await change(record, keyOf(record, 43), thief(record)));
      await signedBy(folder, record, thief(record));
    },
  },
  {
    says: "a key change in another history",
    place: "key-changes/0",
    act: async (folder, record) => {
      const at = { origin: record.journal.name, size: CHANGED_AT, root: OTHER_ROOT };
      serveChanges(folder, record, await signKeyChange(at, record.journal, next(record)));
      await signedBy(folder, record, next(record));
    },
  },
  {
    says: "a checkpoint by the old key after the change",
    place: "checkpoint",
    act: async (folder, record) => {
      await historic(folder, record);
      await signedBy(folder, record, record.journal);
    },
  },
];

/** Of forks. */
const ofForks: readonly Tampering[] = [
  {
    says: "an unfreeze by a wrong key",
    place: "forks/0",
    act: (folder, record) =>
      serveFork(folder, record, signerOf(operatorName(record.journal.name), newSeed())),
  },
  {
    says: "a fork that nobody ended",
    place: "forks/0",
    act: (folder, record) => serveFork(folder, record, null),
  },
  {
    says: "a fork that another key signed",
    place: "forks/0",
    act: (folder, record) => serveFork(folder, record, record.operator, thief(record)),
  },
];

export const ofKeysAndForks: readonly Tampering[] = [...ofKeys, ...ofForks];
