import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { verifyNode } from "@believe/host/keys";
import type { Bytes } from "@believe/shared/base";
import { type Problem, verifyRequest } from "@believe/shared/wire";
import { ResearchFailure } from "../failure.ts";
import type { Replica } from "./replica.ts";

export interface DoorOptions {
  readonly host: string;
  readonly port: number;
  readonly segmentBytesMax: number;
  readonly replica: Replica;
  /** Public key of a request key id, null for a stranger. */
  readonly keyOf: (keyId: string) => Bytes | null;
  /** The newest checkpoint that this agent followed, null before the first. */
  readonly checkpoint: () => string | null;
  readonly wallS: () => number;
}

/**
 * The one listener of the estate's agents. It stands on the WireGuard address (loopback on one machine),
 * takes only signed requests that change anything, and cannot be reached from the edge.
 */
export class Door {
  readonly #options: DoorOptions;
  readonly #server: Server;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => {
        if (!response.headersSent) refuse(response, 500, "door-failed", "the door failed inside");
        else response.destroy();
      });
    });
    this.#server.requestTimeout = 120_000;
  }

  /** Listens and returns the port; a taken port is one clear sentence. */
  async open(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause: NodeJS.ErrnoException) => {
        reject(
          new ResearchFailure(
            "port-taken",
            `expected port ${port} of ${host} free: ${cause.code}`,
            {
              cause,
            },
          ),
        );
      });
      this.#server.listen(port, host, () => resolve());
    });
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    if (request.method === "GET" && path === "/log/broker/checkpoint") {
      const note = this.#options.checkpoint();
      if (note === null) return refuse(response, 404, "no-checkpoint", "nothing was followed yet");
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(note);
      return;
    }
    const segment = /^\/replica\/broker\/([^/]+)$/.exec(path)?.[1];
    if (segment === undefined) return refuse(response, 404, "not-found", "no such door");
    if (request.method !== "PUT")
      return refuse(response, 405, "method-not-allowed", "expected PUT");
    await this.#take(segment, request, response);
  }

  async #take(segment: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request, this.#options.segmentBytesMax);
    if (body === null) return refuse(response, 413, "too-large", "the segment exceeds the limit");
    const verdict = await verifyRequest({
      method: "PUT",
      url: `http://${request.headers.host ?? ""}${request.url ?? ""}`,
      headers: (name) => {
        const value = request.headers[name];
        return typeof value === "string" ? value : null;
      },
      body,
      keys: this.#options.keyOf,
      verify: verifyNode,
      nowS: this.#options.wallS(),
    });
    if (!verdict.ok) return refuse(response, 401, verdict.code, verdict.detail);
    try {
      const sha256 = await this.#options.replica.put(segment, body);
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(`${JSON.stringify({ sha256 })}\n`);
    } catch (failure) {
      if (!(failure instanceof ResearchFailure)) throw failure;
      refuse(response, 409, failure.code, failure.message);
    }
  }
}

async function bodyOf(request: IncomingMessage, bytesMax: number): Promise<Bytes | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const chunk = Buffer.from(part);
    length += chunk.length;
    if (length > bytesMax) return null;
    parts.push(chunk);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function refuse(response: ServerResponse, status: number, code: string, detail: string): void {
  const problem: Problem = {
    type: "about:blank",
    title: code.replaceAll("-", " "),
    status,
    code,
    detail,
  };
  // Whatever of the body was not read must not be taken for the next request of the connection.
  response.writeHead(status, { "content-type": "application/problem+json", connection: "close" });
  response.end(JSON.stringify(problem));
}
