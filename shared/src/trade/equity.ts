import { z } from "zod";

/**
 * The account's result in US cents since the journal began, as marked at the close of each decision's bar, and the
 * peaks that a drawdown is measured from. A trade date's final equity is the last mark before the next one's first.
 */
export const equityState = z.strictObject({
  /** Of the newest mark, null before the first. */
  tradeDate: z.iso.date().nullable(),
  /** Realised and open, fees included. */
  minor: z.int(),
  /** Highest mark of all. */
  intradayPeakMinor: z.int(),
  /** Highest equity with which a trade date ended, or the start. */
  endOfDayPeakMinor: z.int(),
  /** The part of it that other contracts brought, now flat: a roll to the next one does not forget a loss. */
  elsewhereMinor: z.int(),
});
export type EquityState = z.infer<typeof equityState>;

export const NO_EQUITY: EquityState = {
  tradeDate: null,
  minor: 0,
  intradayPeakMinor: 0,
  endOfDayPeakMinor: 0,
  elsewhereMinor: 0,
};

/** Takes one mark. The first one of a new trade date ends the day before with the equity that it had. */
export function markEquity(
  state: EquityState,
  mark: { readonly tradeDate: string; readonly minor: number },
): EquityState {
  const ended = state.tradeDate !== null && state.tradeDate !== mark.tradeDate;
  return {
    ...state,
    tradeDate: mark.tradeDate,
    minor: mark.minor,
    intradayPeakMinor: Math.max(state.intradayPeakMinor, mark.minor),
    endOfDayPeakMinor: ended
      ? Math.max(state.endOfDayPeakMinor, state.minor)
      : state.endOfDayPeakMinor,
  };
}

/** After a person resumed from a drawdown: the next one is measured from where the equity stands. */
export function restartPeaks(state: EquityState): EquityState {
  return { ...state, intradayPeakMinor: state.minor, endOfDayPeakMinor: state.minor };
}
