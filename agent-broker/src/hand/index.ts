export { Hand } from "./hand.ts";
