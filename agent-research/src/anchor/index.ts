export { type AnchorOptions, anchor } from "./anchor.ts";
export { anchorNow } from "./anchor-now.ts";
