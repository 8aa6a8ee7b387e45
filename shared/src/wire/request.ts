import {
  type Bytes,
  base64,
  invariant,
  sha256 as pureSha256,
  type Sign,
  utf8,
} from "@believe/shared/base";
import { parseSignatureInput } from "./signature-input.ts";

/** What a request signature covers, in this order and nothing else (RFC 9421 section 2, RFC 9530). */
export const REQUEST_COMPONENTS = [
  "@method",
  "@authority",
  "@path",
  "@query",
  "content-digest",
  "content-length",
  "content-type",
] as const;
export const REQUEST_TAG = "believe-ingest-v1";
/** Longest life of a signature, seconds from `created` to `expires`. */
export const REQUEST_LIFE_S = 120;

export const REQUEST_LABEL = "sig";

/** SHA-256 of whatever runtime is at hand. */
export type Digest = (data: Uint8Array) => Bytes | Promise<Bytes>;

export interface RequestToSign {
  readonly method: string;
  /** Absolute http(s) address, as `URL.href` prints it. */
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly keyId: string;
  readonly sign: Sign;
  readonly createdS: number;
  /** Distinct for each request; 16 to 64 of A–Z a–z 0–9 - _. */
  readonly nonce: string;
  readonly sha256?: Digest;
}

const ADDRESS = /^(https?):\/\/([^/?#@]+)([^?#]*)(\?[^#]*)?(?:#.*)?$/i;

/** Authority, path and query as they are signed, null when `url` is not an absolute http(s) address. */
export function targetOf(url: string): { authority: string; path: string; query: string } | null {
  const [, scheme = "", host = "", path = "", query = ""] = ADDRESS.exec(url) ?? [];
  if (host === "") return null;
  const port = scheme.toLowerCase() === "https" ? /:443$/ : /:80$/;
  // An absent query is a lone "?", an empty path "/" (RFC 9421 sections 2.2.6 and 2.2.7).
  return {
    authority: host.toLowerCase().replace(port, ""),
    path: path === "" ? "/" : path,
    query: query === "" ? "?" : query,
  };
}

/** The text that is signed (RFC 9421 section 2.5): one line a component, then the parameters. */
export function signatureBase(
  lines: readonly (readonly [name: string, value: string])[],
  params: string,
): string {
  const covered = lines.map(([name, value]) => `"${name}": ${value}\n`).join("");
  return `${covered}"@signature-params": ${params}`;
}

const digestField = (digest: Bytes): string => `sha-256=:${base64(digest)}:`;

function paramsText(request: Omit<RequestToSign, "body" | "sign">): string {
  const components = REQUEST_COMPONENTS.map((name) => `"${name}"`).join(" ");
  const expires = request.createdS + REQUEST_LIFE_S;
  return (
    `(${components});created=${request.createdS};expires=${expires}` +
    `;nonce="${request.nonce}";keyid="${request.keyId}";tag="${REQUEST_TAG}"`
  );
}

type Component = (typeof REQUEST_COMPONENTS)[number];

/** The signature base over our components. */
export function requestBase(values: Readonly<Record<Component, string>>, params: string): string {
  return signatureBase(
    REQUEST_COMPONENTS.map((name) => [name, values[name]] as const),
    params,
  );
}

/**
 * The headers that make a request ours: content-digest, content-length, content-type, signature-input, signature.
 * The request must go out with exactly this method, address, type and body.
 */
export async function signRequest(request: RequestToSign): Promise<Record<string, string>> {
  const target = targetOf(request.url);
  invariant(target !== null, `a request has an http(s) address, not ${request.url}`);
  const headers = {
    "content-digest": digestField(await (request.sha256 ?? pureSha256)(request.body)),
    "content-length": String(request.body.length),
    "content-type": request.contentType,
  };
  const params = paramsText(request);
  const isReadable = typeof parseSignatureInput(`${REQUEST_LABEL}=${params}`) !== "string";
  invariant(isReadable, "a key id and a nonce are printable text");
  const base = requestBase(
    {
      "@method": request.method,
      "@authority": target.authority,
      "@path": target.path,
      "@query": target.query,
      ...headers,
    },
    params,
  );
  const signature = await request.sign(utf8(base));
  return {
    ...headers,
    "signature-input": `${REQUEST_LABEL}=${params}`,
    signature: `${REQUEST_LABEL}=:${base64(signature)}:`,
  };
}
