import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { verifyNode } from "@believe/host/keys";
import type { Bytes } from "@believe/shared/base";
import { type Problem, verifyRequest } from "@believe/shared/wire";
import { ResearchFailure } from "../failure.ts";
import type { Replica } from "./replica.ts";
import { answerOf } from "./replica-reader.ts";
import { answerWitness, type WitnessPath, type WitnessRoom, witnessPath } from "./witness-door.ts";

const QUESTION_BYTES_MAX = 1_024;

export interface DoorOptions {
  readonly host: string;
  readonly port: number;
  readonly segmentBytesMax: number;
  readonly replica: Replica;
  /** Public key of a request key id, null for a stranger. */
  readonly keyOf: (keyId: string) => Bytes | null;
  /** The newest checkpoint that this agent followed, null before the first. */
  readonly checkpoint: () => string | null;
  /** This agent as a witness of the broker's log; without it there is no such door. */
  readonly witness?: WitnessRoom;
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
    const asked = witnessPath(path);
    if (asked !== null) return await this.#witness(asked, request, response);
    const question = /^\/replica\/broker\/(list|read)$/.exec(path)?.[1];
    if (request.method === "POST" && (question === "list" || question === "read")) {
      return await this.#read(question, request, response);
    }
    const segment = /^\/replica\/broker\/([^/]+)$/.exec(path)?.[1];
    if (segment === undefined) return refuse(response, 404, "not-found", "no such door");
    if (request.method !== "PUT")
      return refuse(response, 405, "method-not-allowed", "expected PUT");
    await this.#take(segment, request, response);
  }

  /** Only the broker's log is known here: any other origin is a 404, as C2SP tlog-witness has it. */
  async #witness(
    { log, ask }: WitnessPath,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { witness } = this.#options;
    if (log !== "broker" || witness === undefined) {
      return refuse(response, 404, "unknown-log", "expected the broker's log");
    }
    if (request.method !== "POST") {
      return refuse(response, 405, "method-not-allowed", "expected POST");
    }
    await answerWitness(witness, ask, request, response);
  }

  async #take(segment: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await this.#signedBody(request, response, this.#options.segmentBytesMax);
    if (body === null) return;
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

  /** Gives back what a broker whose disk went back left here. */
  async #read(
    question: "list" | "read",
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await this.#signedBody(request, response, QUESTION_BYTES_MAX);
    if (body === null) return;
    try {
      const answer = await answerOf(question, body, this.#options.replica);
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(`${JSON.stringify(answer)}\n`);
    } catch (failure) {
      if (!(failure instanceof ResearchFailure)) throw failure;
      refuse(response, 404, failure.code, failure.message);
    }
  }

  /** The body of a request that the broker signed; null after anything else was refused. */
  async #signedBody(
    request: IncomingMessage,
    response: ServerResponse,
    bytesMax: number,
  ): Promise<Bytes | null> {
    const body = await bodyOf(request, bytesMax);
    if (body === null) {
      refuse(response, 413, "too-large", "the segment exceeds the limit");
      return null;
    }
    const verdict = await verifyRequest({
      ...signedParts(request),
      body,
      keys: this.#options.keyOf,
      verify: verifyNode,
      nowS: this.#options.wallS(),
    });
    if (verdict.ok) return body;
    refuse(response, 401, verdict.code, verdict.detail);
    return null;
  }
}

/** The request as its signature names it. */
function signedParts(request: IncomingMessage) {
  return {
    method: request.method ?? "",
    url: `http://${request.headers.host ?? ""}${request.url ?? ""}`,
    headers: (name: string): string | null => {
      const value = request.headers[name];
      return typeof value === "string" ? value : null;
    },
  };
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
