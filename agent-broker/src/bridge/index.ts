export { Bridge } from "./bridge.ts";
