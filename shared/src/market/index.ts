export { type Bar, TimeBars } from "./bar.ts";
export type {
  BestQuote,
  BookEvent,
  GapEvent,
  Level,
  MarketEvent,
  QuoteEvent,
  Side,
  Source,
  TimedMarketEvent,
  TradeEvent,
} from "./event.ts";
export {
  type Instrument,
  InstrumentFailure,
  instrumentOf,
  isOnTick,
  parsePrice,
  priceDecimal,
} from "./instrument.ts";
export { dueByUs, opensAtUs, overdueAtUs, tradeDateOf } from "./opening-schedule.ts";
export { type OverdueDay, overdueAt, overdueDays } from "./overdue.ts";
export { frontContract, type RollDates, type RollPhase, rollDatesOf, rollPhase } from "./roll.ts";
export {
  SessionCalendar,
  type SessionPhase,
  type SessionSpan,
  type SessionState,
  sessionAt,
} from "./session.ts";
