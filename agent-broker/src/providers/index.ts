export { SierraData } from "./sierra/index.ts";
