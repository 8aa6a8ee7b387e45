import { z } from "zod";
import { type Limits, limits } from "./limits.ts";

/**
 * Rules that funded accounts are commonly held to, in US cents: a loss limit of the day, a drawdown from a peak, a
 * largest position, flat before the close. Programmes differ and change: whoever trades one checks its contract.
 */
export const presets = {
  /** The defaults. */
  house: {},
  "funded-50k-end-of-day": {
    positionLotsMax: 5,
    dailyLossMinorMax: 100_000,
    drawdownMinorMax: 200_000,
    drawdownFrom: "end-of-day-peak",
    flatMinutes: 10,
  },
  "funded-50k-intraday": {
    positionLotsMax: 5,
    dailyLossMinorMax: 100_000,
    drawdownMinorMax: 200_000,
    drawdownFrom: "intraday-peak",
    flatMinutes: 10,
  },
  "funded-150k-end-of-day": {
    positionLotsMax: 15,
    dailyLossMinorMax: 300_000,
    drawdownMinorMax: 450_000,
    drawdownFrom: "end-of-day-peak",
    flatMinutes: 10,
  },
} as const satisfies Record<PresetName, z.input<typeof limits>>;

const presetName = z.enum([
  "house",
  "funded-50k-end-of-day",
  "funded-50k-intraday",
  "funded-150k-end-of-day",
]);
type PresetName = z.infer<typeof presetName>;

/** The limits of a preset with `changes` on top. Throws `ZodError` for a value that is none. */
export function limitsOf(preset: PresetName, changes: Readonly<Record<string, unknown>>): Limits {
  return limits.parse({ ...presets[preset], ...changes });
}

/**
 * What a configuration says of risk: a preset's name, single limits on top of it, and the file that lists the dated
 * events. Dated events stand in their file only.
 */
export const riskSettings = z
  .strictObject({
    preset: presetName.default("house"),
    limits: z.record(z.string(), z.unknown()).default({}),
    blackouts: z.string().min(1).optional(),
  })
  .superRefine(({ preset, limits: changes }, ctx) => {
    const asked = limits.omit({ blackouts: true }).safeParse({ ...presets[preset], ...changes });
    for (const issue of asked.error?.issues ?? []) {
      ctx.addIssue({ ...issue, path: ["limits", ...issue.path] });
    }
  });
export type RiskSettings = z.infer<typeof riskSettings>;
