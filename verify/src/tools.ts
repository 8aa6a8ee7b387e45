import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { nodeSha256, verifyNode } from "@believe/host/keys";
import type { VerifyTools } from "@believe/shared/wire/log";

const unzip = promisify(gunzip);
const CHUNK_BYTES = 1024 * 1024;

/** What Node lends to a verification. */
export const nodeTools: VerifyTools = {
  verify: verifyNode,
  hash: nodeSha256,
  gunzip: (bytes, maxBytes) => unzip(bytes, { maxOutputLength: maxBytes, chunkSize: CHUNK_BYTES }),
};
