import { nodeSha256, signerOf, verifyNode } from "@believe/host/keys";
import type { MirrorAnswer, MirrorClient } from "@believe/host/push";
import { type Bytes, base64, utf8, utf8Text } from "@believe/shared/base";
import {
  addAnswer,
  checkOpening,
  cosign,
  LogMirror,
  parseAddCheckpoint,
  parseCheckpoint,
  parseLeaf,
  parseNote,
  parseTilePath,
  vkeyOf,
} from "@believe/shared/wire/log";
import { MemoryBlobs, MemoryStorage } from "../../../shared/src/wire/log/mirror.fixture.ts";

export const ORIGIN = "log.example/j/broker";
export const journalKey = signerOf(ORIGIN, new Uint8Array(32).fill(1));
const witnessKey = signerOf("log.example/witness", new Uint8Array(32).fill(6));
export const witnessVkey = vkeyOf(witnessKey.name, witnessKey.publicKey, 0x04);
const PREFIX = "/log/broker/";

const OPENED: Readonly<Record<string, number>> = {
  stored: 204,
  opened: 204,
  same: 204,
  conflict: 409,
  "not-covered": 404,
};

function answer(status: number, text = "", headers: MirrorAnswer["headers"] = {}): MirrorAnswer {
  return { status, text, headers };
}

/** The edge's mirror without a network: it never loses power, and remembers every checkpoint that it was offered. */
export class Edge {
  readonly storage = new MemoryStorage();
  /** Roots by size, as the agent signed them. */
  readonly signed = new Map<number, string>();
  readonly violations: string[] = [];
  readonly #mirror: LogMirror;

  constructor() {
    this.#mirror = new LogMirror({
      origin: ORIGIN,
      vkeys: [vkeyOf(ORIGIN, journalKey.publicKey)],
      verify: verifyNode,
      storage: this.storage,
      blobs: new MemoryBlobs(),
      cosign: (text) => cosign(text, witnessKey, 1_700_000_000),
      hash: nodeSha256,
    });
  }

  get size(): number {
    return this.storage.state()?.size ?? 0;
  }

  get root(): string {
    return base64(this.storage.state()?.root ?? new Uint8Array(0));
  }

  /** A client of one process; `before` is told of each request and may hold it for ever. */
  client(before: (path: string) => Promise<void>): MirrorClient {
    const served = async (path: string, serve: () => Promise<MirrorAnswer>) => {
      await before(path);
      const given = await serve();
      await before(path);
      return given;
    };
    return {
      get: async (path) => {
        await before(path);
        const note = this.storage.state()?.note ?? null;
        const bytes = utf8(note ?? "");
        return { status: note === null ? 404 : 200, headers: {}, bytes };
      },
      put: (path, body) => served(path, () => this.#put(path.replace(PREFIX, ""), bytesOf(body))),
      post: (path, body) => served(path, () => this.#add(utf8Text(bytesOf(body)))),
    };
  }

  /** The journal lines of all openings, in the order of the leaves. */
  async lines(): Promise<string[]> {
    const lines: string[] = [];
    for (let leaf = 0; leaf < this.size; leaf++) {
      const text = await this.#mirror.readOpening(leaf);
      const entry = await this.#entry(leaf);
      if (text !== null) lines.push(...checkOpening(text, parseLeaf(entry), nodeSha256).lines);
    }
    return lines;
  }

  async #entry(leaf: number): Promise<Bytes> {
    const index = Math.floor(leaf / 256);
    const width = Math.min(256, this.size - index * 256);
    const bundle = await this.#mirror.readTile({ level: "entries", index, width });
    let at = 0;
    for (let i = 0; bundle !== null && i < width; i++) {
      const length = (bundle[at] ?? 0) * 256 + (bundle[at + 1] ?? 0);
      if (i === leaf % 256) return bundle.slice(at + 2, at + 2 + length);
      at += 2 + length;
    }
    throw new Error(`expected entry ${leaf} at the mirror, was none`);
  }

  async #put(path: string, body: Bytes): Promise<MirrorAnswer> {
    const outcome = path.startsWith("tile/")
      ? await this.#mirror.putTile(parseTilePath(path), body)
      : await this.#mirror.putOpening(Number(path.slice("open/".length)), body);
    if (outcome.kind === "conflict" || outcome.kind === "malformed") {
      this.violations.push(`${path}: ${outcome.kind} ${outcome.detail}`);
    }
    return answer(OPENED[outcome.kind] ?? 422, outcome.kind);
  }

  async #add(body: string): Promise<MirrorAnswer> {
    const { size, root } = parseCheckpoint(parseNote(parseAddCheckpoint(body).note).text);
    const before = this.signed.get(size);
    if (before !== undefined && before !== base64(root)) this.violations.push(`fork at ${size}`);
    const largest = Math.max(0, ...this.signed.keys());
    if (size < largest) this.violations.push(`signed ${size} after ${largest}`);
    this.signed.set(size, base64(root));
    const given = addAnswer(await this.#mirror.addCheckpoint(body));
    return answer(given.status, given.body, given.headers);
  }
}

function bytesOf(body: Uint8Array | string): Bytes {
  return typeof body === "string" ? utf8(body) : new Uint8Array(body);
}
