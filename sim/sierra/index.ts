export { DOM_COLUMNS, TICK_COLUMNS } from "./layout.ts";
export { SierraStudy, type StudyOptions } from "./study.ts";
export { StudyFailure } from "./study-folder.ts";
export { type TradePort, tradeFolder } from "./trade-port.ts";
export { TradeStudy, type TradeStudyOptions } from "./trade-study.ts";
export { type HeldOrder, type Placing, TradeVenue } from "./trade-venue.ts";
export { TradingChart, type TradingChartOptions } from "./trading-chart.ts";
