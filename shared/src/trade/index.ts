export { draftOf } from "./draft-of.ts";
export { Embargo } from "./embargo.ts";
export { type EquityState, equityState, markEquity, NO_EQUITY } from "./equity.ts";
export { TradeFailure } from "./failure.ts";
export { FiguresFold, figuresOf } from "./figures.ts";
export { Holdings } from "./holdings.ts";
export { emptyHoldings, type HoldingsState, holdingsState } from "./holdings-state.ts";
export { DAY_HALTS } from "./latches.ts";
export { type Lot, Lots } from "./lots.ts";
export { averageDecimal, feeOf, moneyOf, parseMoney } from "./money.ts";
export { type OpenTrade, openTrade } from "./open-trade.ts";
export {
  childrenOf,
  isInFlight,
  parentOf,
  type Role,
  role,
  roleOf,
  ticks,
  tradeOf,
  type WorkingOrder,
  workingOrder,
  workingOrderOf,
} from "./order.ts";
export type {
  DataCapabilities,
  DataCounters,
  DataProvider,
  OnEvents,
  OrderType,
  TimeInForce,
  TradeCapabilities,
  TradeProvider,
} from "./provider.ts";
export {
  bothLooks,
  type Finding,
  type Reconciled,
  reconcile,
  reconciliationBody,
} from "./reconcile.ts";
export { initialRisk, initialStop } from "./round-turn.ts";
export { isBetter, opposite, signOf } from "./side.ts";
export type {
  Absent,
  Acknowledged,
  Cancelled,
  CancelRejected,
  CommandEvent,
  Correction,
  Execution,
  ForeignEvent,
  LinkEvent,
  Moved,
  OrderWord,
  Rejected,
  SnapshotEvent,
  VenueEvent,
  WatchEvent,
} from "./venue-event.ts";
export {
  type VenueExecution,
  type VenueOrder,
  type VenueSnapshot,
  venueExecution,
  venueOrder,
  venueSnapshot,
} from "./venue-snapshot.ts";
