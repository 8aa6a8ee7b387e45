/**
 * Last trade dates of ES and MES, March, June, September and December contract of each year: the third Friday, or the
 * day before where the exchange is closed for final settlement on it (June 2026). Source: CME contract specifications;
 * 2009 to 2023 agree with the Lean map files, later years follow the rule and the holiday calendar.
 */
const LAST_TRADE_DATES: Readonly<Record<string, string>> = {
  2013: "03-15 06-21 09-20 12-20",
  2014: "03-21 06-20 09-19 12-19",
  2015: "03-20 06-19 09-18 12-18",
  2016: "03-18 06-17 09-16 12-16",
  2017: "03-17 06-16 09-15 12-15",
  2018: "03-16 06-15 09-21 12-21",
  2019: "03-15 06-21 09-20 12-20",
  2020: "03-20 06-19 09-18 12-18",
  2021: "03-19 06-18 09-17 12-17",
  2022: "03-18 06-17 09-16 12-16",
  2023: "03-17 06-16 09-15 12-15",
  2024: "03-15 06-21 09-20 12-20",
  2025: "03-21 06-20 09-19 12-19",
  2026: "03-20 06-18 09-18 12-18",
  2027: "03-19 06-18 09-17 12-17",
  2028: "03-17 06-16 09-15 12-15",
};

/** Month letters of the quarterly contracts, in the order of the table's columns. */
export const QUARTERS = ["H", "M", "U", "Z"] as const;

/** One quarterly expiry: "H4" names it with its year's last digit. */
export interface Expiry {
  readonly letter: (typeof QUARTERS)[number];
  readonly year: number;
  /** ISO date of the last trade date. */
  readonly lastTradeDate: string;
}

/** Every quarterly expiry of the table, oldest first. */
export const EXPIRIES: readonly Expiry[] = Object.entries(LAST_TRADE_DATES).flatMap(
  ([year, days]) =>
    days.split(" ").flatMap((day, quarter): Expiry[] => {
      const letter = QUARTERS[quarter];
      return letter ? [{ letter, year: Number(year), lastTradeDate: `${year}-${day}` }] : [];
    }),
);
