/** How busy the market is at a minute of the Chicago day. */
export interface Activity {
  /** Tick rows a second outside bursts. */
  readonly rowsPerS: number;
  /** Deviation of the fair value, ticks for the square root of a second. */
  readonly sigma: number;
  readonly regular: boolean;
}

/** Regular trading hours in Chicago, minutes of the day. */
export const RTH_OPEN = 8 * 60 + 30;
export const RTH_CLOSE = 15 * 60;
export const SESSION_CLOSE = 16 * 60;
export const SESSION_OPEN = 17 * 60;

/** [minute of the Chicago day, rows a second, sigma], linear in between; a minute named twice is a jump. */
const DAY: readonly (readonly [number, number, number])[] = [
  [0, 0.32, 0.16],
  [120, 0.75, 0.3],
  [240, 0.5, 0.24],
  [420, 0.65, 0.3],
  [450, 0.9, 0.4],
  [RTH_OPEN, 1.0, 0.45],
  [RTH_OPEN, 11, 1.6],
  [RTH_OPEN + 15, 9, 1.25],
  [RTH_OPEN + 60, 6.2, 0.95],
  [11 * 60, 4.4, 0.7],
  [12 * 60 + 30, 4, 0.65],
  [13 * 60 + 30, 4.8, 0.75],
  [14 * 60 + 45, 7, 0.95],
  [RTH_CLOSE, 8, 1],
  [RTH_CLOSE, 0.95, 0.4],
  [SESSION_CLOSE, 0.4, 0.2],
  [SESSION_OPEN, 0.95, 0.4],
  [SESSION_OPEN + 60, 0.55, 0.24],
  [1440, 0.32, 0.16],
];

/** The activity at a minute of the Chicago day, 0 ≤ minute < 1440, fractions allowed. */
export function activityAt(minute: number): Activity {
  let index = 1;
  while (index < DAY.length - 1 && (DAY[index]?.[0] ?? 0) <= minute) index++;
  const [from = 0, rate = 0, sigma = 0] = DAY[index - 1] ?? [];
  const [to = 1440, nextRate = 0, nextSigma = 0] = DAY[index] ?? [];
  const part = (minute - from) / (to - from);
  return {
    rowsPerS: rate + (nextRate - rate) * part,
    sigma: sigma + (nextSigma - sigma) * part,
    regular: minute >= RTH_OPEN && minute < RTH_CLOSE,
  };
}
