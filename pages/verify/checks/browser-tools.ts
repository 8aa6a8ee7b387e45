import {
  type Bytes,
  concat,
  sha256,
  strictVerifier,
  webCryptoVerifier,
} from "@believe/shared/base";
import type { VerifyTools } from "@believe/shared/wire/log";
import { VerifyFailure } from "./http-source.ts";

/** Unpacks gzip; refuses other bytes and what grows beyond `maxBytes`. */
async function gunzip(bytes: Bytes, maxBytes: number): Promise<Bytes> {
  const parts: Bytes[] = [];
  let length = 0;
  try {
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const reader = unpacked.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > maxBytes) break;
      parts.push(part.value);
    }
  } catch (cause) {
    throw new VerifyFailure("not-gzip", "expected gzip, was other bytes", { cause });
  }
  if (length > maxBytes) {
    throw new VerifyFailure("not-gzip", `expected at most ${maxBytes} bytes unpacked, was more`);
  }
  return concat(...parts);
}

/** WebCrypto's Ed25519 behind our strict rules, the synchronous SHA-256 and the browser's gzip. */
export const browserTools: VerifyTools = {
  verify: strictVerifier(webCryptoVerifier(crypto.subtle)),
  hash: sha256,
  gunzip,
};
