import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Bytes,
  concat,
  sameBytes,
  sha256,
  utf8,
  utf8Text,
  type Verify,
} from "@believe/shared/base";
import {
  bundlesFor,
  checkOpening,
  cosign,
  emptyRoot,
  leafHash,
  openNote,
  parseAddCheckpoint,
  parseBundle,
  parseCheckpoint,
  parseLeaf,
  parseTilePath,
  rootOf,
  type Signer,
  tilePath,
  tilesFor,
  verifyConsistency,
} from "@believe/shared/wire/log";

export interface Seen {
  readonly method: string;
  /** Path below the log, e.g. "add-checkpoint". */
  readonly path: string;
  readonly body: Bytes;
}
interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** What to do instead of answering; `lost` takes the request and breaks the connection. */
export type Fault = "broken" | "lost" | Answer;

const NO: Answer = { status: 422 };

/** A strict little mirror over real HTTP, written apart from the product's, that notes every broken law. */
export class FakeMirror {
  readonly violations: string[] = [];
  readonly openings = new Map<number, string>();
  readonly taken: string[] = [];
  entries: Bytes[] = [];
  note: string | null = null;
  fault: (seen: Seen) => Fault | null = () => null;
  readonly #tiles = new Map<string, Bytes>();
  readonly #signed = new Map<number, Bytes>();
  /** The key that must have signed. */
  vkey: string;
  readonly #ports: { origin: string; vkey: string; verify: Verify; witness: Signer };
  readonly #server: Server;
  #largestSigned = 0;
  #baseUrl = "";

  constructor(ports: { origin: string; vkey: string; verify: Verify; witness: Signer }) {
    this.#ports = ports;
    this.vkey = ports.vkey;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const path = (request.url ?? "").replace("/log/broker/", "");
        const seen = { method: request.method ?? "", path, body: concat(...chunks) };
        const fault = this.fault(seen);
        if (fault === "broken") return request.socket.destroy();
        const answer = fault === null || fault === "lost" ? await this.#take(seen) : fault;
        if (fault === "lost") return request.socket.destroy();
        response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
      });
    });
  }

  get baseUrl(): string {
    return this.#baseUrl;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    const port = (address satisfies AddressInfo | string | null) ?? "";
    if (typeof port === "string") throw new Error("expected a TCP address");
    this.#baseUrl = `http://127.0.0.1:${port.port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  get root(): Bytes {
    return rootOf(this.entries.map((entry) => leafHash(entry)));
  }

  async #take({ method, path, body }: Seen): Promise<Answer> {
    if (method === "GET" && path === "checkpoint") {
      return this.note === null ? { status: 404 } : { status: 200, body: this.note };
    }
    if (method === "POST" && path === "add-checkpoint") return this.#add(utf8Text(body));
    if (method === "PUT" && path.startsWith("tile/")) return this.#put(path, body);
    if (method === "GET" && path.startsWith("open/")) {
      const body = this.openings.get(Number(path.slice(5)));
      return body === undefined ? { status: 404 } : { status: 200, body };
    }
    if (method === "PUT" && path.startsWith("open/"))
      return this.#open(Number(path.slice(5)), body);
    this.violations.push(`unknown request ${method} ${path}`);
    return { status: 404 };
  }

  #put(path: string, body: Bytes): Answer {
    const name = parseTilePath(path);
    const held = this.#tiles.get(path);
    const first = name.index * 256 * (name.level === "entries" ? 1 : 256 ** name.level);
    const span = name.level === "entries" ? 1 : 256 ** name.level;
    const covered = first + name.width * span <= this.entries.length;
    if (covered && held !== undefined && !sameBytes(held, body)) {
      this.violations.push(`${path} changed after it was covered`);
      return { status: 409 };
    }
    this.#tiles.set(path, body);
    return { status: 204 };
  }

  async #add(body: string): Promise<Answer> {
    const { oldSize, proof, note } = parseAddCheckpoint(body);
    const text = await openNote(note, this.vkey, this.#ports.verify);
    const { origin, size, root } = parseCheckpoint(text);
    if (origin !== this.#ports.origin) this.violations.push(`origin ${origin}`);
    if (size < this.#largestSigned)
      this.violations.push(`signed ${size} after ${this.#largestSigned}`);
    const before = this.#signed.get(size);
    if (before !== undefined && !sameBytes(before, root)) this.violations.push(`fork at ${size}`);
    this.#signed.set(size, root);
    this.#largestSigned = Math.max(this.#largestSigned, size);
    const own = this.entries.length;
    const oldRoot = own === 0 ? emptyRoot : this.root;
    if (oldSize !== own || (size === own && !sameBytes(root, oldRoot))) {
      return { status: 409, headers: { "content-type": "text/x.tlog.size" }, body: `${own}\n` };
    }
    const claim = { oldSize, oldRoot, newSize: size, newRoot: root, proof };
    if (!verifyConsistency(claim, sha256)) return NO;
    const entries = this.#entriesUpTo(size);
    if (entries === null || !sameBytes(rootOf(entries.map((entry) => leafHash(entry))), root)) {
      return NO;
    }
    for (const { level, index, width } of tilesFor(own, size)) {
      if (!this.#tiles.has(tilePath(level, index, width))) return NO;
    }
    this.entries = entries;
    this.note = note;
    this.taken.push(`cover ${size}`);
    return { status: 200, body: await cosign(text, this.#ports.witness, 1_700_000_000) };
  }

  #entriesUpTo(size: number): Bytes[] | null {
    const entries = [...this.entries];
    for (const { index, width } of bundlesFor(entries.length, size)) {
      const bundle = this.#tiles.get(tilePath("entries", index, width));
      if (bundle === undefined) return null;
      entries.splice(index * 256, 256, ...parseBundle(bundle, width));
    }
    return entries;
  }

  #open(leaf: number, body: Bytes): Answer {
    const entry = this.entries[leaf];
    if (entry === undefined) return { status: 404 };
    const text = utf8Text(body);
    checkOpening(text, parseLeaf(entry));
    const held = this.openings.get(leaf);
    if (held !== undefined && held !== text && !this.#isWider(leaf, held, text)) {
      this.violations.push(`opening ${leaf} changed`);
      return { status: 409 };
    }
    if (held === undefined && leaf !== this.openings.size)
      this.violations.push(`skipped to ${leaf}`);
    this.openings.set(leaf, text);
    this.taken.push(`open ${leaf}`);
    return { status: held === text ? 204 : 201 };
  }

  #isWider(leaf: number, held: string, text: string): boolean {
    const [before, now] = [held, text].map((opening) => this.#linesOf(leaf, opening));
    return (now?.length ?? 0) > (before?.length ?? 0) && !!before?.every((it) => now?.includes(it));
  }

  #linesOf(leaf: number, text: string): readonly string[] {
    return checkOpening(text, parseLeaf(this.entries[leaf] ?? utf8(""))).lines;
  }

  /** The journal lines of all openings, in order. */
  lines(): string[] {
    return [...this.openings].flatMap(([leaf, text]) => this.#linesOf(leaf, text));
  }
}
