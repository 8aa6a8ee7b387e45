/**
 * Days on which CME equity-index futures did not keep their normal hours, by trade date, Chicago time, 2013 to 2027.
 * Sources: CME holiday notices as collected by the Lean market-hours database and by exchange_calendars CMES. Where these
 * two differ the exchange's own hours won; 2027 after July follows the rules of the years before.
 */
type Years = Readonly<Record<string, string>>;

/** No session at all. */
const CLOSED: Years = {
  2013: "01-01 03-29 12-25",
  2014: "01-01 04-18 12-25",
  2015: "01-01 12-25",
  2016: "01-01 03-25 12-26",
  2017: "01-02 04-14 12-25",
  2018: "01-01 03-30 12-25",
  2019: "01-01 04-19 12-25",
  2020: "01-01 04-10 12-25",
  2021: "01-01 12-24",
  2022: "04-15 12-26",
  2023: "01-02 12-25",
  2024: "01-01 03-29 12-25",
  2025: "01-01 04-18 12-25",
  2026: "01-01 12-25",
  2027: "01-01 03-26 12-24",
};

/** Good Fridays with a payrolls report: trading ends 08:15. */
const GOOD_FRIDAY_PAYROLLS: Years = {
  2015: "04-03",
  2021: "04-02",
  2023: "04-07",
  2026: "04-03",
};

/** National days of mourning: trading ends 08:30. */
const MOURNING: Years = {
  2018: "12-05",
  2025: "01-09",
};

/** Bank holidays until May 2014: trading ends 10:30, no regular session. */
const HOLIDAY_UNTIL_2014: Years = {
  2013: "01-21 02-18 05-27 07-04 09-02 11-28",
  2014: "01-20 02-17",
};

/** Bank holidays: trading halts at 12:00, no regular session. */
const HOLIDAY: Years = {
  2014: "05-26 07-04 09-01 11-27",
  2015: "01-19 02-16 05-25 07-03 09-07 11-26",
  2016: "01-18 02-15 05-30 07-04 09-05 11-24",
  2017: "01-16 02-20 05-29 07-04 09-04 11-23",
  2018: "01-15 02-19 05-28 07-04 09-03 11-22",
  2019: "01-21 02-18 05-27 07-04 09-02 11-28",
  2020: "01-20 02-17 05-25 07-03 09-07 11-26",
  2021: "01-18 02-15 05-31 07-05 09-06 11-25",
  2022: "01-17 02-21 05-30 06-20 07-04 09-05 11-24",
  2023: "01-16 02-20 05-29 06-19 07-04 09-04 11-23",
  2024: "01-15 02-19 05-27 06-19 07-04 09-02 11-28",
  2025: "01-20 02-17 05-26 06-19 07-04 09-01 11-27",
  2026: "01-19 02-16 05-25 06-19 07-03 09-07 11-26",
  2027: "01-18 02-15 05-31 06-18 07-05 09-06 11-25",
};

/** Half days: the regular session ends 12:00, trading 12:15. */
const HALF_DAY: Years = {
  2013: "07-03 11-29 12-24",
  2014: "07-03 11-28 12-24",
  2015: "11-27 12-24",
  2016: "11-25",
  2017: "07-03 11-24",
  2018: "07-03 11-23 12-24",
  2019: "07-03 11-29 12-24",
  2020: "11-27 12-24",
  2021: "11-26",
  2022: "11-25",
  2023: "07-03 11-24",
  2024: "07-03 11-29 12-24",
  2025: "07-03 11-28 12-24",
  2026: "11-27 12-24",
  2027: "11-26",
};

/** How a trade date differs from a normal one. Minutes are minutes of the Chicago day. */
export interface ShortDay {
  /** When trading ends, or null when there is none. */
  readonly close: number | null;
  /** When the regular session ends, or null when there is none. */
  readonly rthEnd: number | null;
}

function entries(years: Years, day: ShortDay): [string, ShortDay][] {
  return Object.entries(years).flatMap(([year, days]) =>
    days.split(" ").map((monthDay): [string, ShortDay] => [`${year}-${monthDay}`, day]),
  );
}

const at = (hour: number, minute = 0): number => hour * 60 + minute;

/** Every day that was not a normal one, by trade date ("2024-11-29"). */
export const SHORT_DAYS: ReadonlyMap<string, ShortDay> = new Map([
  ...entries(CLOSED, { close: null, rthEnd: null }),
  ...entries(GOOD_FRIDAY_PAYROLLS, { close: at(8, 15), rthEnd: null }),
  ...entries(MOURNING, { close: at(8, 30), rthEnd: null }),
  ...entries(HOLIDAY_UNTIL_2014, { close: at(10, 30), rthEnd: null }),
  ...entries(HOLIDAY, { close: at(12), rthEnd: null }),
  ...entries(HALF_DAY, { close: at(12, 15), rthEnd: at(12) }),
]);
