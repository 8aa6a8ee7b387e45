import { createServer, type IncomingMessage, type Server } from "node:http";
import { verifyNode } from "@believe/host/keys";
import { type Bytes, sameBytes, sha256 } from "@believe/shared/base";
import {
  emptyRoot,
  LogFailure,
  openKeyChange,
  openNote,
  parseAddCheckpoint,
  parseCheckpoint,
  verifyConsistency,
} from "@believe/shared/wire/log";

/** What it holds of the log; a test copies it to go back in time. */
export interface EdgeState {
  readonly size: number;
  readonly root: Bytes;
  readonly note: string | null;
  readonly vkey: string;
  readonly changes: readonly string[];
}

/** A strict little Worker, or research door, over HTTP: it takes checkpoints by the key in force and changes of it. */
export class FakeEdge {
  readonly #server: Server;
  readonly #origin: string;
  readonly #follows: FakeEdge | null;
  /** Every size with the root that was signed at it: a second root is a fork. */
  readonly #signed = new Map<number, Bytes>();
  /** Laws that were broken. */
  readonly violations: string[] = [];
  readonly asked: string[] = [];
  state: EdgeState;
  /** Answers a path with a status instead. */
  fault: (path: string) => number | null = () => null;
  url = "";

  /** `follows`: as a research door, it has the checkpoint of another one, under keys that it was told of itself. */
  constructor(origin: string, vkey: string, follows: FakeEdge | null = null) {
    this.#origin = origin;
    this.#follows = follows;
    this.state = { size: 0, root: emptyRoot, note: null, vkey, changes: [] };
    this.#server = createServer(async (request, response) => {
      const body = await bodyOf(request);
      const path = (request.url ?? "").replace("/log/broker/", "");
      this.asked.push(`${request.method} ${path}`);
      const [status, text] = await this.#answer(request.method ?? "", path, body);
      response.writeHead(status).end(text);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  }

  /** Forgets which roots were signed: for a test that goes back in time. */
  forget(): void {
    this.#signed.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get #checkpoint(): Pick<EdgeState, "size" | "root" | "note"> {
    return this.#follows?.state ?? this.state;
  }

  async #answer(method: string, path: string, body: string): Promise<[number, string]> {
    const fault = this.fault(path);
    if (fault !== null) return [fault, "fault"];
    const { changes } = this.state;
    const { note } = this.#checkpoint;
    switch (`${method} ${path.replace(/\/.*/, "")}`) {
      case "GET checkpoint":
        return note === null ? [404, ""] : [200, note];
      case "GET key-changes":
        return [200, JSON.stringify({ v: 1, origin: this.#origin, changes })];
      case "POST key-change":
        return await this.#change(body);
      case "POST add-checkpoint":
        return await this.#add(body);
      case "PUT tile":
      case "PUT open":
        return [204, ""];
      default:
        return [404, ""];
    }
  }

  async #change(body: string): Promise<[number, string]> {
    const { changes, vkey } = this.state;
    const { size, root } = this.#checkpoint;
    if (changes.at(-1) === body) return [200, ""];
    const change = await openKeyChange(body, this.#origin, verifyNode);
    const isStored = change.size === size && sameBytes(change.root, root);
    if (!isStored || change.oldVkey !== vkey) return [409, `${size}\n`];
    this.state = { ...this.state, vkey: change.newVkey, changes: [...changes, body] };
    return [200, ""];
  }

  async #add(body: string): Promise<[number, string]> {
    const { oldSize, proof, note } = parseAddCheckpoint(body);
    let text: string;
    try {
      text = await openNote(note, this.state.vkey, verifyNode);
    } catch (cause) {
      if (cause instanceof LogFailure) return [403, cause.message];
      throw cause;
    }
    const { size, root } = parseCheckpoint(text);
    const before = this.#signed.get(size);
    if (before !== undefined && !sameBytes(before, root)) this.violations.push(`fork at ${size}`);
    this.#signed.set(size, root);
    if (oldSize !== this.state.size) return [409, `${this.state.size}\n`];
    const claim = { oldSize, oldRoot: this.state.root, newSize: size, newRoot: root, proof };
    if (!verifyConsistency(claim, sha256)) return [422, ""];
    if (size > this.state.size) this.state = { ...this.state, size, root, note };
    return [200, ""];
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
