/** Seconds that each suite of `npm test` may take on two cores; together they are the whole. */
export const BUDGETS: Readonly<Record<string, number>> = {
  check: 35,
  unit: 90,
  worker: 55,
  rest: 45,
  sim: 60,
  scenario: 150,
  outside: 30,
  browser: 130,
};

export const WHOLE_SECONDS_MAX = 600;
/** Measurements of one machine differ by about 30 %: a suite fails when it is half as long again. */
const NOISE = 1.5;

export interface Measured {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/** One line of the closing table, and whether the suite kept its time. */
export interface Verdict {
  readonly kept: boolean;
  readonly line: string;
}

export function verdictOf({ name, ok, seconds }: Measured): Verdict {
  const budget = BUDGETS[name] ?? 0;
  const kept = seconds <= budget * NOISE;
  const word = ok ? (kept ? "ok" : "LATE") : "FAILED";
  return {
    kept,
    line: `${word.padEnd(7)} ${name.padEnd(9)} ${seconds.toFixed(1).padStart(6)} s of ${budget} s`,
  };
}

/** The closing lines of `npm test`; without `enforced` (long runs) times are shown and not judged. */
export function closing(
  suites: readonly Measured[],
  enforced: boolean,
): { readonly lines: string[]; readonly failed: number } {
  const verdicts = suites.map(verdictOf);
  const whole = suites.reduce((sum, { seconds }) => sum + seconds, 0);
  const late = enforced ? verdicts.filter(({ kept }) => !kept).length : 0;
  const wholeLate = enforced && whole > WHOLE_SECONDS_MAX ? 1 : 0;
  const red = suites.filter(({ ok }) => !ok).length;
  const lines = [
    ...verdicts.map(({ line }) => line),
    `        whole     ${whole.toFixed(1).padStart(6)} s of ${WHOLE_SECONDS_MAX} s`,
    `suites: ${suites.length - red} passed, ${red} failed`,
    `budgets: ${suites.length + 1 - late - wholeLate} passed, ${late + wholeLate} failed${enforced ? "" : " (not judged in a long run)"}`,
  ];
  return { lines, failed: red + late + wholeLate };
}
