export { sierraTradeCapabilities } from "./capabilities.ts";
export { SierraTrade, type SierraTradeOptions } from "./sierra-trade.ts";
