import { randomBytes } from "node:crypto";
import { type Bytes, concat, type Sign, utf8, utf8Text } from "@believe/shared/base";
import { signRequest } from "@believe/shared/wire";
import { Agent, type Dispatcher, request } from "undici";
import { nodeSha256 } from "../keys/index.ts";
import { HttpFailure, httpFailureOf } from "./http-failure.ts";

const CONNECT_MS = 5_000;
const ANSWER_MS = 20_000;
const KEEP_ALIVE_MS = 30_000;
/** Largest answer that is read, bytes. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export type HeaderMap = Readonly<Record<string, string>>;

export interface TextAnswer {
  readonly status: number;
  readonly headers: HeaderMap;
  readonly text: string;
}

export interface BytesAnswer {
  readonly status: number;
  readonly headers: HeaderMap;
  readonly bytes: Bytes;
}

export interface SignedClientOptions {
  /** Scheme and authority, e.g. "https://log.example"; paths are resolved against it. */
  readonly baseUrl: string;
  /** Name of the request key, as its verifier key names it. */
  readonly keyId: string;
  readonly sign: Sign;
  /** Shared connections; without it the client owns its own. */
  readonly agent?: Dispatcher;
  readonly answerMs?: number;
  /** Wall seconds; the signature's `created`. */
  readonly wallS?: () => number;
  /** Sees every answer's headers, with the wall's milliseconds before and after: the other side's clock is in them. */
  readonly onAnswer?: (answer: TimedHeaders) => void;
}

/** When a request left and its headers were there, ms of the wall. */
export interface TimedHeaders {
  readonly headers: HeaderMap;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

interface Call {
  readonly method: "GET" | "PUT" | "POST";
  readonly path: string;
  readonly body: Uint8Array | null;
  readonly headers: HeaderMap;
}

function flat(headers: Dispatcher.ResponseData["headers"]): HeaderMap {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return out;
}

/** Our agents' only way to speak HTTP. Every status is an answer; only a broken connection throws `HttpFailure`. */
export class SignedClient {
  private readonly options: SignedClientOptions;
  private readonly dispatcher: Dispatcher;

  constructor(options: SignedClientOptions) {
    this.options = options;
    this.dispatcher =
      options.agent ??
      new Agent({
        connect: { timeout: CONNECT_MS },
        headersTimeout: options.answerMs ?? ANSWER_MS,
        bodyTimeout: options.answerMs ?? ANSWER_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        maxResponseSize: ANSWER_BYTES_MAX,
        connections: 8,
      });
  }

  /** A signed PUT. */
  put(path: string, body: Uint8Array | string, contentType: string): Promise<TextAnswer> {
    return this.upload("PUT", { path, body, contentType, signed: true });
  }

  /** A POST, signed unless told otherwise (C2SP routes ask no request signature). */
  post(
    path: string,
    body: Uint8Array | string,
    contentType: string,
    options: { readonly signed?: boolean } = {},
  ): Promise<TextAnswer> {
    return this.upload("POST", { path, body, contentType, signed: options.signed ?? true });
  }

  get(path: string): Promise<BytesAnswer> {
    return this.call({ method: "GET", path, body: null, headers: {} });
  }

  /** Closes idle connections that this client owns; calls in flight end first. */
  async close(): Promise<void> {
    if (this.options.agent === undefined) await this.dispatcher.close();
  }

  private urlOf(path: string): string {
    return new URL(path, this.options.baseUrl).href;
  }

  private async upload(
    method: "PUT" | "POST",
    what: { path: string; body: Uint8Array | string; contentType: string; signed: boolean },
  ): Promise<TextAnswer> {
    const body = typeof what.body === "string" ? utf8(what.body) : what.body;
    const headers = what.signed
      ? await signRequest({
          method,
          url: this.urlOf(what.path),
          contentType: what.contentType,
          body,
          keyId: this.options.keyId,
          sign: this.options.sign,
          createdS: this.options.wallS?.() ?? Math.floor(Date.now() / 1000),
          nonce: randomBytes(16).toString("base64url"),
          sha256: nodeSha256,
        })
      : { "content-type": what.contentType };
    const answer = await this.call({ method, path: what.path, body, headers });
    return { status: answer.status, headers: answer.headers, text: textOf(answer.bytes) };
  }

  private async call(call: Call): Promise<BytesAnswer> {
    const what = `${call.method} ${call.path}`;
    try {
      const sentAtMs = Date.now();
      const answer = await request(this.urlOf(call.path), {
        dispatcher: this.dispatcher,
        method: call.method,
        body: call.body,
        headers: call.headers,
      });
      const headers = flat(answer.headers);
      this.options.onAnswer?.({ headers, sentAtMs, receivedAtMs: Date.now() });
      const chunks: Uint8Array[] = [];
      for await (const chunk of answer.body) chunks.push(chunk);
      return {
        status: answer.statusCode,
        headers,
        bytes: concat(...chunks),
      };
    } catch (error) {
      throw httpFailureOf(error, what);
    }
  }
}

function textOf(bytes: Bytes): string {
  try {
    return utf8Text(bytes);
  } catch (cause) {
    throw new HttpFailure("broken", "expected an answer of UTF-8 text, was other bytes", { cause });
  }
}
