export { clickPairs } from "./clicks.ts";
export type { Facts } from "./protocol.ts";
export { renderVerify } from "./render.tsx";
