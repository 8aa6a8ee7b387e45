export { sierra } from "./entry.ts";
export type { Fault } from "./row-parser.ts";
export { SierraData, type SierraDataOptions } from "./sierra-data.ts";
export type { SierraCounters } from "./sierra-state.ts";
export {
  SierraTrade,
  type SierraTradeOptions,
  sierraTradeCapabilities,
} from "./trade/index.ts";
