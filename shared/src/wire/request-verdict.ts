import {
  type Bytes,
  fromBase64,
  sha256 as pureSha256,
  sameBytes,
  utf8,
  type Verify,
} from "@believe/shared/base";
import {
  type Digest,
  REQUEST_COMPONENTS,
  REQUEST_LABEL,
  REQUEST_LIFE_S,
  REQUEST_TAG,
  requestBase,
  targetOf,
} from "./request.ts";
import { parseBytesMember, parseSignatureInput } from "./signature-input.ts";

/** How far `created` may be from the verifier's clock, seconds either way. */
export const CLOCK_WINDOW_S = 300;

const PARAMS = ["created", "expires", "nonce", "keyid", "tag"] as const;

export type RequestFault =
  | "unsigned"
  | "malformed"
  | "many-signatures"
  | "wrong-components"
  | "wrong-parameters"
  | "wrong-tag"
  | "stale"
  | "expired"
  | "long-lived"
  | "unknown-key"
  | "wrong-length"
  | "wrong-digest"
  | "wrong-signature";

export type RequestVerdict =
  | { readonly ok: true; readonly keyId: string }
  | { readonly ok: false; readonly code: RequestFault; readonly detail: string };

export interface RequestToVerify {
  readonly method: string;
  readonly url: string;
  readonly headers: (name: string) => string | null;
  readonly body: Uint8Array;
  readonly keys: (keyId: string) => Bytes | null;
  readonly verify: Verify;
  readonly nowS: number;
  readonly sha256?: Digest;
}

interface ReadSignature {
  readonly keyId: string;
  readonly params: string;
  readonly signature: Bytes;
}

class Refused {
  readonly code: RequestFault;
  readonly detail: string;

  constructor(code: RequestFault, detail: string) {
    this.code = code;
    this.detail = detail;
  }
}

function bytesOf(text: string): Bytes | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

function checkTimes(created: number, expires: number, nowS: number): Refused | null {
  if (Math.abs(created - nowS) > CLOCK_WINDOW_S) {
    const detail = `expected created within ${CLOCK_WINDOW_S} s of ${nowS}, was ${created}`;
    return new Refused("stale", detail);
  }
  if (expires <= created || expires - created > REQUEST_LIFE_S) {
    const detail = `expected a life of 1 to ${REQUEST_LIFE_S} s, was ${expires - created}`;
    return new Refused("long-lived", detail);
  }
  if (expires < nowS) {
    return new Refused("expired", `expected expires from ${nowS} on, was ${expires}`);
  }
  return null;
}

function readParams(
  params: readonly (readonly [string, string | number])[],
  nowS: number,
): string | Refused {
  const [created, expires, nonce, keyId, tag] = params.map(([, value]) => value);
  const inOrder =
    params.length === PARAMS.length && PARAMS.every((name, i) => params[i]?.[0] === name);
  if (
    !inOrder ||
    typeof created !== "number" ||
    typeof expires !== "number" ||
    typeof nonce !== "string" ||
    typeof keyId !== "string"
  ) {
    return new Refused("wrong-parameters", `expected ${PARAMS.join(", ")}, was another list`);
  }
  if (tag !== REQUEST_TAG) {
    return new Refused("wrong-tag", `expected tag ${REQUEST_TAG}, was another`);
  }
  if (!/^[A-Za-z0-9_-]{16,64}$/.test(nonce)) {
    return new Refused("wrong-parameters", "expected a nonce of 16 to 64 characters, was another");
  }
  return checkTimes(created, expires, nowS) ?? keyId;
}

function readSignature(request: RequestToVerify): ReadSignature | Refused {
  const inputField = request.headers("signature-input");
  const field = request.headers("signature");
  if (inputField === null || field === null) {
    return new Refused("unsigned", "expected Signature-Input and Signature, was without");
  }
  const input = parseSignatureInput(inputField);
  const member = parseBytesMember(field);
  if (typeof input === "string") {
    return new Refused(input, "expected one signature in canonical form, was another");
  }
  if (typeof member === "string") {
    return new Refused(member, "expected one signature in canonical form, was another");
  }
  const signature = bytesOf(member.base64);
  if (input.label !== REQUEST_LABEL || member.key !== REQUEST_LABEL || signature === null) {
    return new Refused(
      "malformed",
      `expected one signature labelled ${REQUEST_LABEL}, was another`,
    );
  }
  if (input.components.join(" ") !== REQUEST_COMPONENTS.join(" ")) {
    const expected = REQUEST_COMPONENTS.join(" ");
    return new Refused("wrong-components", `expected exactly ${expected}, was another list`);
  }
  const keyId = readParams(input.params, request.nowS);
  return keyId instanceof Refused ? keyId : { keyId, params: input.text, signature };
}

async function checkBody(request: RequestToVerify): Promise<Refused | null> {
  // A proxy may re-frame the body and drop the length; the digest binds the bytes all the same.
  const length = request.headers("content-length");
  if (length !== null && length !== String(request.body.length)) {
    return new Refused("wrong-length", `expected ${length} bytes, was ${request.body.length}`);
  }
  const member = parseBytesMember(request.headers("content-digest") ?? "");
  const claimed = typeof member === "string" || member.key !== "sha-256" ? "" : member.base64;
  const digest = await (request.sha256 ?? pureSha256)(request.body);
  const bytes = bytesOf(claimed);
  if (bytes === null || !sameBytes(bytes, digest)) {
    return new Refused("wrong-digest", "expected the sha-256 of the body, was another digest");
  }
  return null;
}

async function judge(request: RequestToVerify): Promise<string | Refused> {
  const target = targetOf(request.url);
  if (target === null) return new Refused("malformed", "expected an http(s) address, was another");
  const read = readSignature(request);
  if (read instanceof Refused) return read;
  const key = request.keys(read.keyId);
  if (key === null) return new Refused("unknown-key", "expected the agent's key id, was another");
  const contentType = request.headers("content-type");
  if (contentType === null) {
    return new Refused("wrong-components", "expected a content-type, was without");
  }
  const wrongBody = await checkBody(request);
  if (wrongBody !== null) return wrongBody;
  const base = requestBase(
    {
      "@method": request.method,
      "@authority": target.authority,
      "@path": target.path,
      "@query": target.query,
      "content-digest": request.headers("content-digest") ?? "",
      "content-length": String(request.body.length),
      "content-type": contentType,
    },
    read.params,
  );
  if (!(await request.verify(key, utf8(base), read.signature))) {
    return new Refused("wrong-signature", "expected a signature by that key, was another");
  }
  return read.keyId;
}

/** Whether a request carries one valid signature of ours. Never throws for what a client sent. */
export async function verifyRequest(request: RequestToVerify): Promise<RequestVerdict> {
  const verdict = await judge(request);
  return verdict instanceof Refused
    ? { ok: false, code: verdict.code, detail: verdict.detail }
    : { ok: true, keyId: verdict };
}
