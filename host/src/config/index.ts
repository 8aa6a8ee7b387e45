export { ConfigFailure } from "./failure.ts";
export { readConfig } from "./read.ts";
