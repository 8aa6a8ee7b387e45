export { atr } from "./atr.ts";
export { defineIndicator, type Indicator, type Running } from "./indicator.ts";
export { sma } from "./sma.ts";
