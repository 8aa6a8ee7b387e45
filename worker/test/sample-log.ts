import { env, runInDurableObject } from "cloudflare:test";
import { type Bytes, base64, utf8 } from "@believe/shared/base";
import {
  bundleOf,
  bundlesFor,
  checkpointText,
  commitmentOf,
  consistencyProof,
  Frontier,
  formatAddCheckpoint,
  HashTree,
  type Leaf,
  leafHash,
  leafText,
  openingText,
  type Signer,
  saltedRoot,
  signKeyChange,
  signNote,
  signUnfreeze,
  type TileName,
  tileOf,
  tilesFor,
} from "@believe/shared/wire/log";
import type { JournalDO } from "../src/index.ts";
import { signers } from "./agents.ts";
import { fillLine } from "./documents.ts";

const ORIGIN = "log.example.test/j/broker";
export type JournalStub = DurableObjectStub<JournalDO>;

/** The broker's log as its agent writes it: one fill a minute. */
export class SampleLog {
  private readonly tree = new HashTree();
  private readonly entries: Bytes[] = [];
  private readonly leaves: Leaf[] = [];
  private readonly price: string;

  constructor(size: number, price = "4800.25") {
    this.price = price;
    for (let index = 0; index < size; index++) this.add(index);
  }

  line(index: number): string {
    return fillLine(index, this.price);
  }

  opening(index: number, line = this.line(index)): Bytes {
    const { minute = "" } = this.leaves[index] ?? {};
    const salt = saltOf(index);
    return utf8(openingText({ origin: ORIGIN, leaf: index, minute, salt, items: [{ line }] }));
  }

  /** The leaf's opening while its record stays a commitment. */
  closedOpening(index: number): Bytes {
    const { minute = "" } = this.leaves[index] ?? {};
    const commitment = commitmentOf(utf8(this.line(index)));
    const about = { origin: ORIGIN, leaf: index, minute, salt: saltOf(index) };
    return utf8(openingText({ ...about, items: [{ seq: index, commitment }] }));
  }

  rootAt(size: number): Bytes {
    return Frontier.of(size, this.tree.frontier(size)).root();
  }

  async noteAt(size: number, signer: Promise<Signer> = signers.journal()): Promise<string> {
    const checkpoint = { origin: ORIGIN, size, root: this.rootAt(size) };
    return signNote(checkpointText(checkpoint), await signer);
  }

  async addAt(oldSize: number, size: number, signer = signers.journal()): Promise<string> {
    const proof = consistencyProof(oldSize, size, this.tree.hashAt);
    return formatAddCheckpoint({ oldSize, proof, note: await this.noteAt(size, signer) });
  }

  /** The operator's note that this log stands at `size` and that the other one is void. */
  async unfreezeAt(size: number, otherRoot: Bytes | null): Promise<string> {
    const unfreeze = {
      origin: ORIGIN,
      size,
      root: this.rootAt(size),
      otherRoot,
      reason: "a drill",
    };
    return signUnfreeze(unfreeze, await signers.operator());
  }

  /** The journal key hands over to the next one. */
  async keyChangeAt(size: number): Promise<string> {
    const at = { origin: ORIGIN, size, root: this.rootAt(size) };
    return signKeyChange(at, await signers.journal(), await signers.nextJournal());
  }

  /** Every PUT that comes before a checkpoint of `size`. */
  puts(oldSize: number, size: number): { name: TileName; bytes: Bytes }[] {
    const bundles = bundlesFor(oldSize, size).map((name) => {
      const from = 256 * name.index;
      return { name, bytes: bundleOf(this.entries.slice(from, from + name.width)) };
    });
    const tiles = tilesFor(oldSize, size);
    return [...bundles, ...tiles.map((name) => ({ name, bytes: tileOf(name, this.tree.hashAt) }))];
  }

  private add(index: number): void {
    const clock = new Date(Date.UTC(2024, 0, 9, 14, 20 + index)).toISOString();
    const leaf: Leaf = {
      origin: ORIGIN,
      index,
      minute: `${clock.slice(0, 16)}Z`,
      closed: "whole",
      root: saltedRoot(saltOf(index), [commitmentOf(utf8(this.line(index)))]),
    };
    const entry = utf8(leafText(leaf));
    this.leaves.push(leaf);
    this.entries.push(entry);
    this.tree.append(leafHash(entry));
  }
}

function saltOf(index: number): Bytes {
  return new Uint8Array(16).fill((index % 255) + 1);
}

/** Everything that a log's object and the blob store hold. */
export async function storedLog(log: JournalStub): Promise<string> {
  const rows = await runInDurableObject(log, (_, { storage }) =>
    ["log", "slot", "opening", "fork", "cosignature", "unfreeze", "key_change"].map((table) =>
      storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
    ),
  );
  const { keys } = await env.KV.list({ prefix: "blob/" });
  const plain = (_: string, value: unknown): unknown =>
    value instanceof ArrayBuffer ? base64(new Uint8Array(value)) : value;
  return JSON.stringify({ rows, blobs: keys.map(({ name }) => name) }, plain);
}

/** The requests that move a log from one size to the next. */
export async function push(
  log: JournalStub,
  sample: SampleLog,
  oldSize: number,
  size: number,
): Promise<string> {
  for (const { name, bytes } of sample.puts(oldSize, size)) await log.putTile(name, bytes);
  const outcome = await log.addCheckpoint(await sample.addAt(oldSize, size));
  return outcome.kind;
}
