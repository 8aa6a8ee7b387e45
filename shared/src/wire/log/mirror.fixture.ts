import { type Bytes, base64, type Sign, strictVerifier, utf8 } from "@believe/shared/base";
import { keyPairFromSeed, naclVerifier, signWithSeed } from "@believe/shared/base/nacl";
import { formatAddCheckpoint } from "./add-checkpoint.ts";
import { addAnswer } from "./add-outcome.ts";
import { checkpointText } from "./checkpoint.ts";
import { cosign } from "./cosignature.ts";
import { commitmentOf, type Leaf, leafText, saltedRoot } from "./leaf.ts";
import { Frontier, leafHash } from "./merkle.ts";
import { LogMirror } from "./mirror.ts";
import type {
  Fork,
  ForkEvidence,
  MirrorBlobs,
  MirrorState,
  MirrorStorage,
  Slot,
  StoredOpening,
} from "./mirror-storage.ts";
import { type Signer, signNote, vkeyOf } from "./note.ts";
import { consistencyProof } from "./proof.ts";
import { bundleOf, bundlesFor, type TileName, tileOf, tilesFor } from "./tile.ts";
import { HashTree } from "./tree.ts";

export const ORIGIN = "log.example.test/j/broker";

/** Ed25519 in pure JavaScript takes milliseconds: each signature and verdict is computed once a run. */
const signed = new Map<string, Bytes>();
const verdicts = new Map<string, boolean | Promise<boolean>>();

export function signerOf(name: string, fill: number): Signer {
  const seed = new Uint8Array(32).fill(fill);
  const sign: Sign = (message) => {
    const key = `${fill}/${base64(message)}`;
    const signature = signed.get(key) ?? signWithSeed(seed, message);
    signed.set(key, signature);
    return signature;
  };
  return { name, publicKey: keyPairFromSeed(seed).publicKey, sign };
}

export const journalKey = signerOf(ORIGIN, 1);
export const operatorKey = signerOf(`${ORIGIN}/operator`, 8);
export const witnessKey = signerOf("log.example.test/witness", 6);
export const verify = strictVerifier((...triple) => {
  const key = triple.map(base64).join();
  const verdict = verdicts.get(key) ?? naclVerifier(...triple);
  verdicts.set(key, verdict);
  return verdict;
});

/** A journal line of a halt, salted with its number. */
export function recordLine(seq: number, reason = "doubt"): string {
  const salt = base64(utf8(String(seq).padStart(16, "0")));
  return JSON.stringify({ v: 1, seq, stream: "halt", wallUs: 1, body: { atUs: 1, reason }, salt });
}

/** A mirror's storage in memory whose content prints as one text, to compare before and after. */
export class MemoryStorage implements MirrorStorage {
  held: MirrorState | null = null;
  slots = new Map<string, Slot>();
  openings = new Map<number, StoredOpening>();
  evidence: Fork[] = [];
  changes: string[] = [];

  state(): MirrorState | null {
    return this.held;
  }
  setState(state: MirrorState): void {
    this.held = state;
  }
  slot(name: Pick<TileName, "level" | "index">): Slot | null {
    return this.slots.get(`${name.level}/${name.index}`) ?? null;
  }
  setSlot(name: Pick<TileName, "level" | "index">, slot: Slot): void {
    this.slots.set(`${name.level}/${name.index}`, slot);
  }
  opening(leaf: number): StoredOpening | null {
    return this.openings.get(leaf) ?? null;
  }
  setOpening(opening: StoredOpening): void {
    this.openings.set(opening.leaf, opening);
  }
  openedLeaves(day: string, after: number, limit: number): number[] {
    return [...this.openings.values()]
      .filter((one) => one.day === day && one.leaf > after)
      .map((one) => one.leaf)
      .sort((a, b) => a - b)
      .slice(0, limit);
  }
  addEvidence(evidence: ForkEvidence): void {
    this.evidence.push({ ...evidence, unfrozen: null });
  }
  forks(): readonly Fork[] {
    return this.evidence;
  }
  release(unfrozen: string): void {
    this.evidence = this.evidence.map((fork, at) =>
      at === this.evidence.length - 1 ? { ...fork, unfrozen } : fork,
    );
  }
  keyChanges(): readonly string[] {
    return this.changes;
  }
  addKeyChange(note: string): void {
    this.changes.push(note);
  }
  transaction<T>(run: () => T): T {
    const { held } = this;
    const evidence = [...this.evidence];
    const changes = [...this.changes];
    const slots = new Map(this.slots);
    const openings = new Map(this.openings);
    try {
      return run();
    } catch (cause) {
      Object.assign(this, { held, slots, openings, evidence, changes });
      throw cause;
    }
  }
}

export class MemoryBlobs implements MirrorBlobs {
  readonly blobs = new Map<string, Bytes>();

  async get(sha256Hex: string): Promise<Bytes | null> {
    return this.blobs.get(sha256Hex) ?? null;
  }
  async put(sha256Hex: string, bytes: Bytes): Promise<void> {
    this.blobs.set(sha256Hex, bytes);
  }
}

/** A log as its agent writes it: minute leaves, each with its records, and the requests that push them. */
export class SampleLog {
  readonly tree = new HashTree();
  readonly entries: Bytes[] = [];
  readonly leaves: Leaf[] = [];

  constructor(minutes: readonly (readonly string[])[] = [], day = "2024-01-09") {
    for (const lines of minutes) this.add(lines, day);
  }

  static of(size: number, mark = "a"): SampleLog {
    const log = new SampleLog();
    for (let i = 0; i < size; i++) log.add([`${mark}${i}`]);
    return log;
  }

  get size(): number {
    return this.entries.length;
  }

  saltOf(index: number): Bytes {
    return new Uint8Array(16).fill((index % 255) + 1);
  }

  add(lines: readonly string[], day = "2024-01-09"): void {
    const index = this.size;
    const commitments = lines.map((line) => commitmentOf(utf8(line)));
    const clock = `${String(Math.floor(index / 60) % 24).padStart(2, "0")}:${String(index % 60).padStart(2, "0")}`;
    const leaf: Leaf = {
      origin: ORIGIN,
      index,
      minute: `${day}T${clock}Z`,
      closed: "whole",
      root: saltedRoot(this.saltOf(index), commitments),
    };
    this.leaves.push(leaf);
    this.addEntry(utf8(leafText(leaf)));
  }

  addEntry(entry: Bytes): void {
    this.entries.push(entry);
    this.tree.append(leafHash(entry));
  }

  rootAt(size: number): Bytes {
    return Frontier.of(size, this.tree.frontier(size)).root();
  }

  async noteAt(size: number, signer: Signer = journalKey): Promise<string> {
    return signNote(checkpointText({ origin: ORIGIN, size, root: this.rootAt(size) }), signer);
  }

  async addAt(oldSize: number, size: number, signer: Signer = journalKey): Promise<string> {
    const proof = consistencyProof(oldSize, size, this.tree.hashAt);
    return formatAddCheckpoint({ oldSize, proof, note: await this.noteAt(size, signer) });
  }

  bundle({ index, width }: TileName): Bytes {
    return bundleOf(this.entries.slice(256 * index, 256 * index + width));
  }

  /** Every PUT that must come before a checkpoint of `size`. */
  puts(oldSize: number, size: number): { name: TileName; bytes: Bytes }[] {
    const bundles = bundlesFor(oldSize, size).map((name) => ({ name, bytes: this.bundle(name) }));
    const tiles = tilesFor(oldSize, size).map((name) => ({
      name,
      bytes: tileOf(name, this.tree.hashAt),
    }));
    return [...bundles, ...tiles];
  }
}

export interface Bench {
  readonly storage: MemoryStorage;
  readonly blobs: MemoryBlobs;
  readonly mirror: LogMirror;
  /** Everything that is stored, as one text. */
  dump(): string;
  push(log: SampleLog, oldSize: number, size: number): Promise<void>;
}

/** `beforeCosigning` runs inside a commit, between what was computed and what is written. */
export function newMirror(beforeCosigning?: () => Promise<unknown>): Bench {
  const storage = new MemoryStorage();
  const blobs = new MemoryBlobs();
  const mirror = new LogMirror({
    origin: ORIGIN,
    vkeys: [vkeyOf(ORIGIN, journalKey.publicKey)],
    operator: vkeyOf(operatorKey.name, operatorKey.publicKey),
    verify,
    storage,
    blobs,
    cosign: async (text) => {
      await beforeCosigning?.();
      return cosign(text, witnessKey, 1_700_000_000);
    },
  });
  return {
    storage,
    blobs,
    mirror,
    dump: () => {
      const { held, slots, openings, evidence, changes } = storage;
      const all = {
        held,
        slots: [...slots],
        openings: [...openings],
        evidence,
        changes,
        blobs: [...blobs.blobs],
      };
      return JSON.stringify(all, (_, value) =>
        value instanceof Uint8Array ? base64(value) : value,
      );
    },
    push: async (log, oldSize, size) => {
      for (const { name, bytes } of log.puts(oldSize, size)) await mirror.putTile(name, bytes);
      const outcome = await mirror.addCheckpoint(await log.addAt(oldSize, size));
      if (outcome.kind !== "cosigned") throw new Error(`push came to ${JSON.stringify(outcome)}`);
    },
  };
}

export async function statusOf(bench: Bench, body: string): Promise<number> {
  return addAnswer(await bench.mirror.addCheckpoint(body)).status;
}

/** A log of 300 leaves of which 260 are covered; everything for 300 is PUT. */
export async function bench300(): Promise<{ bench: Bench; log: SampleLog }> {
  const bench = newMirror();
  const log = SampleLog.of(300);
  await bench.push(log, 0, 260);
  for (const { name, bytes } of log.puts(260, 300)) await bench.mirror.putTile(name, bytes);
  return { bench, log };
}
