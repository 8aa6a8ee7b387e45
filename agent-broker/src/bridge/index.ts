export { Bridge, type LinkState } from "./bridge.ts";
