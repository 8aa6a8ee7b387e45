/** A stepped line over trades in a box of 1000 × 100, zero always inside it. */
export interface EquityLine {
  /** SVG path of the steps. */
  readonly line: string;
  /** The same, closed along the zero line. */
  readonly area: string;
  /** y of zero, 0 (top) to 100. */
  readonly zeroY: number;
  /** Grid lines: their amount in whole USD and y. */
  readonly ticks: readonly { readonly usd: number; readonly y: number }[];
  readonly endY: number;
}

const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
];

function gridStep(range: number): number {
  return STEPS.find((step) => range / step <= 3) ?? Math.ceil(range / 3);
}

/** Steps from zero through each value (USD after each trade). Never smoothed; an empty list draws the zero line. */
export function equityLine(values: readonly number[]): EquityLine {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const step = gridStep(high - low || 1);
  const bottom = Math.floor(low / step) * step;
  const top = Math.max(Math.ceil(high / step) * step, bottom + step);
  const y = (usd: number) => Number((((top - usd) / (top - bottom)) * 100).toFixed(2));
  const x = (index: number) => Number(((index / Math.max(1, values.length)) * 1000).toFixed(1));
  const steps = values.map((value, i) => `H${x(i + 1) - x(1) * 0.5}V${y(value)}`).join("");
  const zeroY = y(0);
  const ticks = [];
  for (let usd = top; usd >= bottom; usd -= step) ticks.push({ usd, y: y(usd) });
  return {
    line: `M0 ${zeroY}${steps}H1000`,
    area: `M0 ${zeroY}${steps}H1000V${zeroY}Z`,
    zeroY,
    ticks,
    endY: y(values.at(-1) ?? 0),
  };
}
