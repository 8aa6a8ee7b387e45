import type { SignedClient } from "@believe/host/http";
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
  signNote,
  tileOf,
  tilePath,
  tilesFor,
} from "@believe/shared/wire/log";
import type { Route } from "playwright-core";

/** 14:20 UTC is 08:20 in Chicago: ten minutes before regular hours. */
const START_MS = Date.UTC(2024, 0, 9, 14, 20);
const SALT = new Uint8Array(16).fill(5);

/** A journal line of a decision, as long as real ones are. */
export function lineOf(seq: number): string {
  const salt = base64(new Uint8Array(16).fill(seq % 251));
  const atUs = START_MS * 1000 + seq * 5_000_000;
  return JSON.stringify({
    v: 1,
    seq,
    stream: "decision",
    wallUs: 1_795_189_608_562_000 + seq * 5000,
    body: {
      strategy: "sma-cross",
      symbol: "MESH4",
      atUs,
      verdict: "hold",
      side: null,
      close: "4807.75",
      reasons: ["no-cross", "inside-session"],
    },
    salt,
  });
}

/** A log of `size` minutes with `perLeaf` lines each, as its agent would send it. */
export class ServedLog {
  readonly size: number;
  readonly files = new Map<string, Bytes>();
  readonly openings: string[] = [];
  private readonly tree = new HashTree();
  private readonly signer: Signer;

  constructor(size: number, perLeaf: number, signer: Signer) {
    this.size = size;
    this.signer = signer;
    const entries: Bytes[] = [];
    for (let index = 0; index < size; index++) {
      const { leaf, text } = this.minute(index, perLeaf);
      const entry = utf8(leafText(leaf));
      entries.push(entry);
      this.tree.append(leafHash(entry));
      this.openings.push(text);
    }
    for (const name of bundlesFor(0, size)) {
      const bundle = bundleOf(entries.slice(256 * name.index, 256 * name.index + name.width));
      this.files.set(tilePath(name.level, name.index, name.width), bundle);
    }
    for (const name of tilesFor(0, size)) {
      this.files.set(tilePath(name.level, name.index, name.width), tileOf(name, this.tree.hashAt));
    }
  }

  note(size = this.size): Promise<string> {
    const root = Frontier.of(size, this.tree.frontier(size)).root();
    return signNote(checkpointText({ origin: this.signer.name, size, root }), this.signer);
  }

  /** Puts the whole log into a running Worker, as the broker does. */
  async push(url: string, client: SignedClient): Promise<void> {
    for (const [path, bytes] of this.files) {
      await expectStored(client.put(`/log/broker/${path}`, bytes, "application/octet-stream"));
    }
    const proof = consistencyProof(0, this.size, this.tree.hashAt);
    const body = formatAddCheckpoint({ oldSize: 0, proof, note: await this.note() });
    const added = await fetch(`${url}log/broker/add-checkpoint`, { method: "POST", body });
    if (added.status !== 200) throw new Error(`expected 200, was ${added.status}`);
    for (const [index, text] of this.openings.entries()) {
      await expectStored(client.put(`/log/broker/open/${index}`, text, "application/x-ndjson"));
    }
  }

  private minute(index: number, perLeaf: number): { leaf: Leaf; text: string } {
    const minute = `${new Date(START_MS + index * 60_000).toISOString().slice(0, 16)}Z`;
    const lines = Array.from({ length: perLeaf }, (_, i) => lineOf(index * perLeaf + i));
    const root = saltedRoot(
      SALT,
      lines.map((line) => commitmentOf(utf8(line))),
    );
    const origin = this.signer.name;
    const items = lines.map((line) => ({ line }));
    const text = openingText({ origin, leaf: index, minute, salt: SALT, items });
    return { leaf: { origin, index, minute, closed: "whole", root }, text };
  }
}

async function expectStored(answer: Promise<{ readonly status: number }>): Promise<void> {
  const { status } = await answer;
  if (status >= 300) throw new Error(`expected a stored file, was ${status}`);
}

/** Answers a route with what the Worker says, changed. */
export function changed(change: (bytes: Buffer) => Buffer) {
  return async (route: Route): Promise<void> => {
    const response = await route.fetch();
    const headers = response.headers();
    delete headers["content-encoding"];
    delete headers["content-length"];
    await route.fulfill({ status: 200, headers, body: change(await response.body()) });
  };
}
