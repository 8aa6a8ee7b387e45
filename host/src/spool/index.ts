export { SpoolFailure } from "./failure.ts";
export type { SealedLeaf } from "./sealed-leaf.ts";
export { Spool, type SpoolOptions } from "./spool.ts";
