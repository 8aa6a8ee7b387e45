export { SpoolFailure } from "./failure.ts";
export { LeafLog } from "./leaf-log.ts";
export { minuteStartOf } from "./minute-mark.ts";
export { encodeLeafRow, parseLeafRow, type SealedLeaf } from "./sealed-leaf.ts";
export { Spool, type SpoolOptions } from "./spool.ts";
