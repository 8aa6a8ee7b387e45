import { gzipSync } from "node:zlib";
import { nodeSha256, signerOf } from "@believe/host/keys";
import { type Bytes, base64, concat, utf8 } from "@believe/shared/base";
import {
  bundleOf,
  bundlesFor,
  checkpointText,
  commitmentOf,
  cosign,
  ED25519_COSIGNATURE,
  HashTree,
  type Leaf,
  type LogSource,
  leafHash,
  leafText,
  openingText,
  operatorName,
  rootAt,
  type Signer,
  saltedRoot,
  signNote,
  tileOf,
  tilePath,
  tilesFor,
  vkeyOf,
} from "@believe/shared/wire/log";

export const ORIGIN = "log.example.test/j/broker";
export const WITNESS = "log.example.test/witness";
const START_MS = Date.UTC(2024, 0, 9, 23, 30);

/** One leaf to be: what was written in it, and what of that is public. */
export interface MinutePlan {
  readonly lines: readonly string[];
  /** Minutes since the leaf before; 0 only after a cut one, more than 1 leaves a gap. Default 1. */
  readonly after?: number;
  readonly closed?: "whole" | "cut";
  /** Default true. */
  readonly opened?: boolean;
  /** Positions of lines that stay commitments in the opening. */
  readonly secret?: readonly number[];
}

export interface EstateKeys {
  readonly journal: Signer;
  readonly witness: Signer;
  readonly operator: Signer;
}

/** The keys of an estate, told apart by one byte. */
export function estateKeys(fill: number): EstateKeys {
  return {
    journal: signerOf(ORIGIN, new Uint8Array(32).fill(fill)),
    witness: signerOf(WITNESS, new Uint8Array(32).fill(fill + 1)),
    operator: signerOf(operatorName(ORIGIN), new Uint8Array(32).fill(fill + 2)),
  };
}

export function vkeysOf({ journal, witness, operator }: EstateKeys) {
  return {
    journal: vkeyOf(ORIGIN, journal.publicKey),
    operator: vkeyOf(operator.name, operator.publicKey),
    witness: vkeyOf(WITNESS, witness.publicKey, ED25519_COSIGNATURE),
  };
}

/** A journal line of a halt, salted with its number. */
export function haltLine(seq: number, reason = "doubt"): string {
  const salt = base64(utf8(String(seq).padStart(16, "0")));
  return JSON.stringify({ v: 1, seq, stream: "halt", wallUs: 1, body: { atUs: 1, reason }, salt });
}

/** Plans of `count` minutes with the given numbers of records, their seq dense. */
export function halts(counts: readonly number[], reason?: string): MinutePlan[] {
  let seq = 0;
  return counts.map((count) => ({
    lines: Array.from({ length: count }, () => haltLine(seq++, reason)),
  }));
}

/** A log as it is served, file by file; tests change its files. */
export class ServedLog implements LogSource {
  readonly files = new Map<string, Bytes>();
  readonly tree = new HashTree(nodeSha256);
  readonly entries: Bytes[] = [];
  readonly leaves: Leaf[] = [];
  readonly #keys: EstateKeys;
  #openings = new Map<string, string[]>();
  #openedLeaves = 0;
  #records = 0;
  #minute = 0;

  constructor(keys: EstateKeys = estateKeys(1)) {
    this.#keys = keys;
  }

  static async of(plans: readonly MinutePlan[], keys?: EstateKeys): Promise<ServedLog> {
    const log = new ServedLog(keys);
    for (const plan of plans) log.add(plan);
    await log.publish();
    return log;
  }

  async get(path: string): Promise<Bytes | null> {
    return this.files.get(path) ?? null;
  }

  text(path: string): string {
    return new TextDecoder().decode(this.files.get(path));
  }

  saltOf(index: number): Bytes {
    return nodeSha256(utf8(`salt ${index}`)).slice(0, 16);
  }

  add(plan: MinutePlan): void {
    const index = this.leaves.length;
    this.#minute += index === 0 ? 0 : (plan.after ?? 1);
    const commitments = plan.lines.map((line) => commitmentOf(utf8(line), nodeSha256));
    const leaf: Leaf = {
      origin: ORIGIN,
      index,
      minute: `${new Date(START_MS + this.#minute * 60_000).toISOString().slice(0, 16)}Z`,
      closed: plan.closed ?? "whole",
      root: saltedRoot(this.saltOf(index), commitments, nodeSha256),
    };
    this.leaves.push(leaf);
    const entry = utf8(leafText(leaf));
    this.entries.push(entry);
    this.tree.append(leafHash(entry, nodeSha256));
    if (plan.opened !== false) this.#open(leaf, plan, commitments);
  }

  #open(leaf: Leaf, plan: MinutePlan, commitments: readonly Bytes[]): void {
    const secret = new Set(plan.secret ?? []);
    const items = plan.lines.map((line, i) =>
      secret.has(i)
        ? { seq: Number(/"seq":(\d+)/.exec(line)?.[1]), commitment: commitments[i] ?? utf8("") }
        : { line },
    );
    const text = openingText({ ...leaf, leaf: leaf.index, salt: this.saltOf(leaf.index), items });
    this.files.set(`open/${leaf.index}`, utf8(text));
    const day = leaf.minute.slice(0, 10);
    this.#openings.set(day, [...(this.#openings.get(day) ?? []), text]);
    this.#openedLeaves += 1;
    this.#records += plan.lines.length - secret.size;
  }

  /** Writes everything that the mirror serves at the present size. */
  async publish(): Promise<void> {
    const size = this.tree.size;
    for (const { index, width } of bundlesFor(0, size)) {
      const entries = this.entries.slice(256 * index, 256 * index + width);
      this.files.set(tilePath("entries", index, width), bundleOf(entries));
    }
    for (const name of tilesFor(0, size)) {
      const path = tilePath(name.level, name.index, name.width);
      this.files.set(path, tileOf(name, this.tree.hashAt));
    }
    for (const [day, texts] of this.#openings) {
      this.files.set(`open/${day}.jsonl.gz`, zipped(texts.join("")));
    }
    await this.sign();
  }

  /** Signs, cosigns and summarises the tree as it is. */
  async sign(
    size = this.tree.size,
    root = rootAt(this.tree, size, nodeSha256),
    journal = this.#keys.journal,
  ): Promise<void> {
    const { witness } = vkeysOf(this.#keys);
    const text = checkpointText({ origin: ORIGIN, size, root });
    const note = await signNote(text, journal);
    this.files.set(
      "checkpoint",
      utf8(note + (await cosign(text, this.#keys.witness, 1_704_842_000))),
    );
    this.files.set("vkey", utf8(`${vkeyOf(ORIGIN, journal.publicKey)}\n`));
    const state = {
      origin: ORIGIN,
      witness,
      size,
      root: base64(root),
      minute: this.leaves[size - 1]?.minute ?? null,
      records: this.#records,
      openedLeaves: this.#openedLeaves,
      frozen: null,
      // A mirror from before forks were served says nothing of them.
      ...(this.files.has("forks") ? { forks: 1 } : {}),
    };
    this.files.set("state", utf8(JSON.stringify(state)));
  }

  /** The same files under another object, to be changed. */
  copy(): ServedLog {
    const copy = new ServedLog(this.#keys);
    for (const [path, bytes] of this.files) copy.files.set(path, bytes.slice());
    copy.entries.push(...this.entries);
    copy.leaves.push(...this.leaves);
    for (const entry of this.entries) copy.tree.append(leafHash(entry, nodeSha256));
    copy.#openings = new Map(this.#openings);
    copy.#openedLeaves = this.#openedLeaves;
    copy.#records = this.#records;
    copy.#minute = this.#minute;
    return copy;
  }
}

export function zipped(text: string): Bytes {
  return concat(gzipSync(text));
}
