export { Hand, type Taken } from "./hand.ts";
