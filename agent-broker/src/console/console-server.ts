import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log } from "@believe/host/log";
import { BrokerFailure } from "../failure.ts";
import type { ConsoleFile } from "./console-files.ts";
import type { ConsolePort } from "./console-port.ts";
import { readRequest } from "./console-request.ts";
import type { ConsoleToken } from "./console-token.ts";
import { RateCap } from "./rate-cap.ts";

const BODY_BYTES_MAX = 4 * 1024;
/** Commands a minute that a desk could ever mean. */
const COMMANDS_A_MINUTE = 30;

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

export interface ConsoleServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly token: ConsoleToken;
  readonly files: ReadonlyMap<string, ConsoleFile>;
  readonly desk: ConsolePort;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** A clock that never goes back, milliseconds. */
  readonly nowMs: () => number;
}

/**
 * The operator's console on the loopback of this machine. Another program of this machine, or a page of another site
 * in the operator's browser, must get nothing from it: the Host must be ours (DNS rebinding), state and commands need
 * the bearer, a request with an Origin must come from our own page, and no answer ever carries a CORS header.
 */
export class ConsoleServer {
  readonly #options: ConsoleServerOptions;
  readonly #server: Server;
  readonly #commands: RateCap;
  #port = 0;

  constructor(options: ConsoleServerOptions) {
    this.#options = options;
    this.#commands = new RateCap(COMMANDS_A_MINUTE, options.nowMs);
    this.#server = createServer({ maxHeaderSize: 8 * 1024 }, (request, response) => {
      this.#answer(request, response).catch((cause: unknown) => {
        options.log.error("console.failed", cause);
        if (!response.headersSent) refuse(response, 500, "the console failed inside");
        else response.destroy();
      });
    });
    this.#server.requestTimeout = 10_000;
    this.#server.headersTimeout = 5_000;
  }

  /** Listens on 127.0.0.1 and returns the port; a taken port is one clear sentence. */
  async open(): Promise<number> {
    const { port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause: NodeJS.ErrnoException) =>
        reject(
          new BrokerFailure(
            "port-taken",
            `expected port ${port} of 127.0.0.1 free for the console, was ${cause.code}`,
            { cause },
          ),
        ),
      );
      this.#server.listen(port, "127.0.0.1", () => resolve());
    });
    const address = this.#server.address();
    this.#port = typeof address === "object" && address ? address.port : port;
    return this.#port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    const { host, origin, authorization } = request.headers;
    if (host === undefined || !hosts.includes(host)) {
      return refuse(response, 421, "expected a request to this machine's console by its own name");
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      return refuse(response, 403, "expected the console's own page, was another origin");
    }
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const file = this.#options.files.get(path);
    if (file !== undefined) return this.#serve(file, request, response);
    if (path !== "/api/state" && path !== "/api/command") {
      return refuse(response, 404, "expected a path of the console, was another");
    }
    if (!this.#options.token.matches(authorization)) {
      return refuse(response, 401, "expected the console's token, was none or another");
    }
    if (path === "/api/state") return this.#state(request, response);
    await this.#command(request, response);
  }

  #serve({ bytes, type }: ConsoleFile, request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== "GET") refuse(response, 405, "expected GET");
    else response.writeHead(200, { ...HEADERS, "content-type": type }).end(bytes);
  }

  #state(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== "GET") refuse(response, 405, "expected GET");
    else answer(response, 200, this.#options.desk.state());
  }

  async #command(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") return refuse(response, 405, "expected POST");
    // A form of another page can post text, never JSON without asking first, which is answered with nothing.
    if (request.headers["content-type"] !== "application/json") {
      return refuse(response, 415, "expected application/json");
    }
    if (request.headers.origin === undefined) {
      return refuse(response, 403, "expected the console's own page, was no origin");
    }
    const body = await bodyOf(request);
    if (body === null) return refuse(response, 413, `expected at most ${BODY_BYTES_MAX} bytes`);
    const read = readRequest(body, this.#options.desk.state());
    if (!read.ok) return refuse(response, 422, read.detail);
    // Beyond the cap only what makes things safer is still heard.
    const { kind } = read.command;
    if (!this.#commands.take() && kind !== "kill" && kind !== "flatten") {
      return refuse(response, 429, `expected at most ${COMMANDS_A_MINUTE} commands a minute`);
    }
    const outcome = await this.#options.desk.command(read.command);
    this.#options.log.info("console.command", { kind, ok: outcome.ok });
    if (!outcome.ok) return refuse(response, 409, outcome.reason);
    answer(response, 200, { ok: true });
  }
}

/** The body as text; null when it is too long. Bytes that are no UTF-8 become text that no schema takes. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { ...HEADERS, "content-type": "application/json; charset=utf-8" })
    .end(`${JSON.stringify(value)}\n`);
}

function refuse(response: ServerResponse, status: number, detail: string): void {
  // What is left of a body is not read: the connection ends with the answer.
  if (status === 413) response.setHeader("connection", "close");
  answer(response, status, { status, detail });
}
