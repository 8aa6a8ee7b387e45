import type { TimeUs } from "@believe/shared/base";
import type { RollPhase, SessionSpan } from "@believe/shared/market";
import type { EquityState } from "@believe/shared/trade";
import type { Limits } from "./limits.ts";

/** What a limit may look at. */
export interface RiskView {
  readonly nowUs: TimeUs;
  readonly session: SessionSpan;
  /** Where the contract stands between its predecessor's roll and its own expiry; null where no table tells. */
  readonly roll: RollPhase | null;
  /** The freshness gate's last verdict; false after every start. */
  readonly fresh: boolean;
  /** Whether both sides of the market are known. */
  readonly quoted: boolean;
  /** Value of one lot at the market's last price, in US cents; null before there is one. */
  readonly lotValueMinor: number | null;
  /** Signed position. */
  readonly lots: number;
  /** Whether an order of ours is still open at the venue or on its way. */
  readonly ordersOpen: boolean;
  /** Stamps of the newest orders asked for, oldest first. */
  readonly asked: readonly number[];
  /** Realised and open result of the trade date, fees included, in US cents. */
  readonly dayNetMinor: number;
  /** Equity now and its peaks. */
  readonly equity: EquityState;
  readonly losses: number;
  /** Reasons of standing halts. */
  readonly halts: readonly string[];
  /** Whether the venue can be asked: its state on this connection was compared with ours. */
  readonly venueReady: boolean;
  /** Whether an order of ours may or may not be at the venue. */
  readonly inDoubt: boolean;
  /** Lots by which orders that are not ours could move the account's position in this instrument. */
  readonly foreignLots: number;
  readonly killed: boolean;
  readonly closeOnly: boolean;
  /** Whether a person armed this trade date, or none has to. */
  readonly armed: boolean;
  /** Watchdogs that bark. */
  readonly barking: readonly string[];
}

/** One rule that may stop an entry. Its name is the reason code. */
export interface Limit<Name extends string = string> {
  readonly name: Name;
  stops(view: RiskView, limits: Limits): boolean;
}

export function defineLimit<const Name extends string>(limit: Limit<Name>): Limit<Name> {
  return limit;
}
