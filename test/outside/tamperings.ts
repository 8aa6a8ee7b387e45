import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newSeed, nodeSha256, signerOf } from "@believe/host/keys";
import { base64, fromBase64, utf8 } from "@believe/shared/base";
import {
  bundleOf,
  bundlesFor,
  checkpointText,
  cosign,
  Frontier,
  HashTree,
  leafHash,
  type Signer,
  signNote,
  tileOf,
  tilePath,
  tilesFor,
  vkeyOf,
} from "@believe/shared/wire/log";
import { edit, editText, flip } from "./mirrored-folder.ts";
import { MINUTES, OLD_SIZE } from "./served-record.ts";
import { ofKeysAndForks } from "./tampered-keys.ts";
import { ofOpenings } from "./tampered-openings.ts";
import type { Tampering } from "./tampering.ts";

const FULL = "tile/entries/000";
const PARTIAL = `tile/entries/001.p/${MINUTES - 256}`;
const OLD = "old-checkpoint";
const KEYS = "keys.txt";
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Writes bundles, tiles and a checkpoint of these leaves over a copy, signed and cosigned as ours are. */
async function resign(
  folder: string,
  leaves: readonly string[],
  by: { journal: Signer; witness: Signer },
): Promise<void> {
  const entries = leaves.map((text) => utf8(text));
  const tree = new HashTree(nodeSha256);
  for (const entry of entries) tree.append(leafHash(entry));
  const size = entries.length;
  const write = (path: string, bytes: Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  for (const { level, index, width } of bundlesFor(0, size)) {
    write(tilePath(level, index, width), bundleOf(entries.slice(256 * index, 256 * index + width)));
  }
  for (const name of tilesFor(0, size)) {
    write(tilePath(name.level, name.index, name.width), tileOf(name, tree.hashAt));
  }
  const root = Frontier.of(size, tree.frontier(size)).root();
  const text = checkpointText({ origin: by.journal.name, size, root });
  const note = await signNote(text, by.journal);
  const cosignature = await cosign(text, by.witness, 1_800_000_000);
  writeFileSync(join(folder, "checkpoint"), `${note}${cosignature}`);
}

/** The n-th signature line of a checkpoint with its bytes changed. */
function changeSignature(
  folder: string,
  line: number,
  change: (bytes: Buffer) => Uint8Array,
): void {
  editText(folder, "checkpoint", (note) => {
    const lines = note.split("\n");
    const [dash, name, payload = ""] = (lines[4 + line] ?? "").split(" ");
    const changed = change(Buffer.from(payload, "base64"));
    lines[4 + line] = [dash, name, base64(changed)].join(" ");
    return lines.join("\n");
  });
}

/** S + L: the same signature to a verifier that reduces S, other bytes to one that must not. */
function plusOrder(payload: Buffer): Uint8Array {
  const s = payload.subarray(36);
  const value = BigInt(`0x${Buffer.from(s).reverse().toString("hex")}`) + ORDER;
  const bytes = Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
  return Buffer.concat([payload.subarray(0, 36), bytes]);
}

function changeByte(at: number): (bytes: Buffer) => Uint8Array {
  return (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
}

/** An entry's text changed at one leaf: another salted root. */
function otherRoot(leaves: readonly string[], index: number): string[] {
  return leaves.map((text, at) => {
    if (at !== index) return text;
    const lines = text.split("\n");
    const root = fromBase64(lines[5] ?? "");
    root[0] = (root[0] ?? 0) ^ 1;
    return [...lines.slice(0, 5), base64(root)].join("\n");
  });
}

function swappedMinutes(leaves: readonly string[], index: number): string[] {
  const minuteOf = (at: number): string => leaves[at]?.split("\n")[3] ?? "";
  return leaves.map((text, at) => {
    if (at !== index && at !== index + 1) return text;
    const other = at === index ? index + 1 : index;
    return text.replace(minuteOf(at), minuteOf(other));
  });
}

const ofEntries: readonly Tampering[] = [
  {
    says: "a byte of an entry",
    place: "tile/entries",
    act: (folder) => flip(folder, FULL, 100),
  },
  {
    says: "a byte of an entry in the partial bundle",
    place: "tile/entries",
    act: (folder) => flip(folder, PARTIAL, -1),
  },
  {
    says: "an entry and its leaf hash together",
    place: "tile/entries",
    act: (folder, { leaves }) => {
      const forged = otherRoot(leaves, 7);
      const entries = forged.map((text) => utf8(text));
      edit(folder, FULL, () => bundleOf(entries.slice(0, 256)));
      edit(folder, "tile/0/000", (bytes) => {
        bytes.set(leafHash(entries[7] ?? new Uint8Array()), 7 * 32);
        return bytes;
      });
    },
  },
  {
    says: "a bundle cut short",
    place: FULL,
    act: (folder) => edit(folder, FULL, (bytes) => bytes.subarray(0, -5)),
  },
  {
    says: "a bundle without its last entry",
    place: PARTIAL,
    act: (folder, { leaves }) =>
      edit(folder, PARTIAL, () => bundleOf(leaves.slice(256, -1).map((text) => utf8(text)))),
  },
  {
    says: "a bundle that is gone",
    place: FULL,
    act: (folder) => rmSync(join(folder, FULL)),
  },
];

const ofTiles: readonly Tampering[] = [
  ["a full tile of level 0", "tile/0/000"],
  ["the partial tile of level 0", `tile/0/001.p/${MINUTES - 256}`],
  ["the tile of level 1", "tile/1/000.p/1"],
].map(([says = "", place = ""]) => ({
  says,
  place,
  act: (folder) => flip(folder, place, 9),
}));

const ofCheckpoint: readonly Tampering[] = [
  {
    says: "the checkpoint's size",
    place: "checkpoint",
    act: (folder) => editText(folder, "checkpoint", (note) => note.replace("\n300\n", "\n299\n")),
  },
  {
    says: "the checkpoint's root",
    place: "checkpoint",
    act: (folder) =>
      editText(folder, "checkpoint", (note) => {
        const [origin, size, root = "", ...rest] = note.split("\n");
        const hash = fromBase64(root);
        hash[0] = (hash[0] ?? 0) ^ 1;
        return [origin, size, base64(hash), ...rest].join("\n");
      }),
  },
  {
    says: "a byte of the signature",
    place: "checkpoint",
    act: (folder) => changeSignature(folder, 0, changeByte(20)),
  },
  {
    says: "the signature as S + L",
    place: "checkpoint",
    act: (folder) => changeSignature(folder, 0, plusOrder),
  },
  {
    says: "the cosignature's time",
    place: "checkpoint",
    act: (folder) => changeSignature(folder, 1, changeByte(11)),
  },
  {
    says: "the cosignature taken away",
    place: "checkpoint",
    act: (folder) =>
      editText(folder, "checkpoint", (note) => `${note.split("\n").slice(0, 5).join("\n")}\n`),
  },
  {
    says: "a key file with another key of the same name",
    place: "checkpoint",
    act: (folder, { journal, witnessVkey }) => {
      const other = signerOf(journal.name, newSeed());
      writeFileSync(join(folder, KEYS), `${vkeyOf(other.name, other.publicKey)}\n${witnessVkey}\n`);
    },
  },
  {
    says: "a key file with a damaged key",
    place: KEYS,
    act: (folder) => editText(folder, KEYS, (keys) => keys.replace(/\+(.)/, "+0$1").slice(0, -9)),
  },
];

const ofHistory: readonly Tampering[] = [
  {
    says: "a wholly re-signed fake record",
    place: "checkpoint",
    act: (folder, { leaves, journal, witness }) =>
      resign(folder, otherRoot(leaves, 3), {
        journal: signerOf(journal.name, newSeed()),
        witness: signerOf(witness.name, newSeed()),
      }),
  },
  {
    says: "the past edited and signed again by the operator himself",
    place: OLD,
    act: (folder, record) => resign(folder, otherRoot(record.leaves, 149), record),
  },
  {
    says: "a log that went back behind what the visitor saw",
    place: OLD,
    act: async (folder, record) => {
      writeFileSync(join(folder, OLD), readFileSync(join(folder, "checkpoint")));
      await resign(folder, record.leaves.slice(0, OLD_SIZE), record);
    },
  },
  {
    says: "two minutes swapped and signed again",
    place: "leaf 201",
    act: (folder, record) => resign(folder, swappedMinutes(record.leaves, 200), record),
  },
  {
    says: "two entries swapped and signed again",
    place: "leaf 200",
    act: (folder, record) => {
      const { leaves } = record;
      const [a = "", b = ""] = leaves.slice(200, 202);
      return resign(folder, [...leaves.slice(0, 200), b, a, ...leaves.slice(202)], record);
    },
  },
];

/** Every way in which a stranger's copy is damaged. */
export const tamperings: readonly Tampering[] = [
  ...ofEntries,
  ...ofTiles,
  ...ofCheckpoint,
  ...ofHistory,
  ...ofKeysAndForks,
  ...ofOpenings,
];
