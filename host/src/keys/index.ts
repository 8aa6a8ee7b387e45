export { KeyFileFailure } from "./failure.ts";
export { loadOrCreateSeed, loadSeed, newSeed } from "./seed.ts";
export { nodeSha256 } from "./sha256.ts";
export { signerOf } from "./signer.ts";
export { verifyNode } from "./verify.ts";
