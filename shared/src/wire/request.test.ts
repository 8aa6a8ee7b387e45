import { type Bytes, base64, sha256, strictVerifier, utf8 } from "@believe/shared/base";
import { keyPairFromSeed, naclVerifier, signWithSeed } from "@believe/shared/base/nacl";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REQUEST_LIFE_S, type RequestToSign, signRequest } from "./request.ts";
import { CLOCK_WINDOW_S, type RequestToVerify, verifyRequest } from "./request-verdict.ts";

const seed: Bytes = new Uint8Array(32).fill(11);
const otherSeed: Bytes = new Uint8Array(32).fill(12);
const keyId = "log.example.test/j/broker/request";
const nowS = 1_704_810_000;
const verify = strictVerifier(naclVerifier);

const outgoing: RequestToSign = {
  method: "PUT",
  url: "https://log.example.test/log/broker/tile/0/x001/067.p/12?a=1",
  contentType: "application/octet-stream",
  body: utf8("thirteen bits"),
  keyId,
  sign: (message) => signWithSeed(seed, message),
  createdS: nowS,
  nonce: "0123456789abcdef",
};

interface Received {
  method: string;
  url: string;
  body: Bytes;
  headers: Record<string, string>;
}

async function send(changed: Partial<RequestToSign> = {}): Promise<Received> {
  const request = { ...outgoing, ...changed };
  const { method, url } = request;
  return { method, url, body: new Uint8Array(request.body), headers: await signRequest(request) };
}

async function verdictOf(got: Received, changed: Partial<RequestToVerify> = {}): Promise<string> {
  const verdict = await verifyRequest({
    method: got.method,
    url: got.url,
    headers: (name) => got.headers[name] ?? null,
    body: got.body,
    keys: (id) => (id === keyId ? keyPairFromSeed(seed).publicKey : null),
    verify,
    nowS,
    ...changed,
  });
  return verdict.ok ? verdict.keyId : verdict.code;
}

/** What was received after `edit` changed it on the way. */
async function altered(edit: (got: Received) => void): Promise<string> {
  const got = await send();
  edit(got);
  return verdictOf(got);
}

/** The same with the Signature-Input field changed and signed again: only the reader's rules can refuse it. */
async function resigned(from: string | RegExp, to: string): Promise<string> {
  const got = await send();
  const input = (got.headers["signature-input"] ?? "").replace(from, to);
  const params = input.slice(input.indexOf("=") + 1);
  const names = [...params.slice(0, params.indexOf(")")).matchAll(/"([^"]+)"/g)].map(([, n]) => n);
  const values: Record<string, string> = {
    ...got.headers,
    "@method": "PUT",
    "@authority": "log.example.test",
    "@path": "/log/broker/tile/0/x001/067.p/12",
    "@query": "?a=1",
  };
  const lines = names.map((name) => `"${name}": ${values[name ?? ""]}\n`).join("");
  const signature = signWithSeed(seed, utf8(`${lines}"@signature-params": ${params}`));
  got.headers["signature-input"] = input;
  got.headers["signature"] = `sig=:${base64(signature)}:`;
  return verdictOf(got);
}

describe("a signed request", () => {
  it("is accepted under its key id, whatever its body, path and query are", async () => {
    const path = fc.webUrl({ withQueryParameters: true });
    const arbitrary = fc.tuple(path, fc.uint8Array({ maxLength: 80 }));
    await fc.assert(
      fc.asyncProperty(arbitrary, async ([url, body]) => {
        expect(await verdictOf(await send({ url, body }))).toBe(keyId);
      }),
      { numRuns: 25 },
    );
  });

  it("is the same with the default port, an upper-case host and without a path", async () => {
    const got = await send({ url: "https://log.example.test" });
    for (const url of ["https://LOG.example.test:443/", "https://log.example.test/#part"]) {
      expect(await verdictOf({ ...got, url })).toBe(keyId);
    }
  });

  it("may lose its content-length to a proxy, for the digest binds the bytes", async () => {
    expect(await altered((got) => Reflect.deleteProperty(got.headers, "content-length"))).toBe(
      keyId,
    );
  });

  it("is accepted when re-signed unchanged, so that the table below fails for its reasons", async () => {
    expect(await resigned("sig=", "sig=")).toBe(keyId);
  });

  it("is refused when any covered part was changed on the way", async () => {
    const header = (name: string, value: string) => (got: Received) => {
      got.headers[name] = value;
    };
    const digest = `sha-256=:${base64(sha256(utf8("other")))}:`;
    const table: [string, (got: Received) => void][] = [
      ["wrong-signature", (got) => Object.assign(got, { method: "POST" })],
      ["wrong-signature", (got) => Object.assign(got, { url: got.url.replace("067", "068") })],
      ["wrong-signature", (got) => Object.assign(got, { url: got.url.replace("a=1", "a=2") })],
      ["wrong-signature", (got) => Object.assign(got, { url: got.url.replace("log.", "l0g.") })],
      ["wrong-signature", header("content-type", "text/plain")],
      ["wrong-digest", (got) => Object.assign(got, { body: utf8("fourteen bits") })],
      ["wrong-length", (got) => Object.assign(got, { body: utf8("more than that") })],
      ["wrong-digest", header("content-digest", digest)],
      ["wrong-digest", header("content-digest", "sha-256=:AAAA:")],
      ["wrong-digest", header("content-digest", digest.replace("sha-256", "md5"))],
      ["wrong-digest", (got) => Reflect.deleteProperty(got.headers, "content-digest")],
      ["wrong-length", header("content-length", "14")],
      ["wrong-length", header("content-length", "013")],
      ["wrong-components", (got) => Reflect.deleteProperty(got.headers, "content-type")],
      ["unsigned", (got) => Reflect.deleteProperty(got.headers, "signature")],
      ["unsigned", (got) => Reflect.deleteProperty(got.headers, "signature-input")],
      ["malformed", (got) => Object.assign(got, { url: "not an address" })],
    ];
    const answers = await Promise.all(table.map(([, edit]) => altered(edit)));
    expect(answers).toEqual(table.map(([code]) => code));
  });

  it("is refused for another key", async () => {
    const forged = await send({ sign: (message) => signWithSeed(otherSeed, message) });
    expect(await verdictOf(forged)).toBe("wrong-signature");
    expect(await verdictOf(await send({ keyId: "someone" }))).toBe("unknown-key");
  });

  it("is refused outside its time", async () => {
    const got = await send();
    const at = (seconds: number) => verdictOf(got, { nowS: nowS + seconds });
    expect(await at(-CLOCK_WINDOW_S)).toBe(keyId);
    expect(await at(-CLOCK_WINDOW_S - 1)).toBe("stale");
    expect(await at(REQUEST_LIFE_S)).toBe(keyId);
    expect(await at(REQUEST_LIFE_S + 1)).toBe("expired");
    expect(await at(CLOCK_WINDOW_S + 1)).toBe("stale");
  });
});

describe("a signature that is not of our one form", () => {
  it("is refused though its signature holds", async () => {
    const expires = `expires=${nowS + REQUEST_LIFE_S}`;
    const table: [string, string | RegExp, string][] = [
      ["wrong-components", ' "content-digest"', ""],
      ["wrong-components", '"@method" ', ""],
      ["wrong-components", '"@path" "@query"', '"@query" "@path"'],
      ["wrong-components", /\(.*\)/, "()"],
      ["wrong-tag", "believe-ingest-v1", "believe-ingest-v2"],
      ["wrong-parameters", ';tag="believe-ingest-v1"', ""],
      ["wrong-parameters", `;${expires}`, ""],
      ["wrong-parameters", ";tag=", ';alg="ed25519";tag='],
      ["wrong-parameters", "0123456789abcdef", "short"],
      ["wrong-parameters", `created=${nowS}`, `created="${nowS}"`],
      ["long-lived", expires, `expires=${nowS + REQUEST_LIFE_S + 1}`],
      ["long-lived", expires, `expires=${nowS}`],
      ["long-lived", expires, `expires=${nowS - 1}`],
      ["malformed", "sig=", "other="],
      ["malformed", '"@method" "@authority"', '"@method"  "@authority"'],
      ["malformed", `created=${nowS}`, `created=0${nowS}`],
      ["malformed", '"@query"', '"@query";bs'],
      ["malformed", /$/, " "],
    ];
    const answers = await Promise.all(table.map(([, from, to]) => resigned(from, to)));
    expect(answers).toEqual(table.map(([code]) => code));
  });

  it("is refused when it is one of two", async () => {
    const twice = (name: string) =>
      altered((got) => {
        const field = got.headers[name] ?? "";
        got.headers[name] = `${field}, ${field.replace("sig=", "sig2=")}`;
      });
    expect(await twice("signature-input")).toBe("many-signatures");
    expect(await twice("signature")).toBe("many-signatures");
    expect(await twice("content-digest")).toBe("wrong-digest");
  });

  it("never throws, whatever the fields hold", async () => {
    const got = await send();
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.constant("sig=()"));
    await fc.assert(
      fc.asyncProperty(text, text, async (input, signature) => {
        const headers = { ...got.headers, "signature-input": input, signature };
        expect(await verdictOf({ ...got, headers })).not.toBe(keyId);
      }),
      { numRuns: 200 },
    );
  });
});
