import { tailState } from "@believe/host/tail";
import { z } from "zod";

const count = z.int().min(0);
const source = z.strictObject({ run: z.string(), seq: count });

/** One run of the feed, in the order of first appearance. -1 means none. */
const runMark = z.strictObject({
  run: z.string(),
  /** The last row that the counters contain. */
  counted: z.int().min(-1),
  /** The last row in the current reading of the file, and where that reading began. */
  pass: z.int().min(-1),
  base: z.int().min(-1),
});

const seriesState = z.strictObject({
  key: z.string(),
  newestUs: z.int().nullable(),
  runs: z.array(runMark),
  /** Files in name order, the current one last. `end` is the byte up to which the counters know the file. */
  files: z.array(z.strictObject({ name: z.string(), end: count, last: source.nullable() })),
  header: z.string(),
  tail: tailState.nullable(),
});
export type SeriesState = z.infer<typeof seriesState>;

/** What the provider keeps between two runs of the agent. */
export const sierraState = z.strictObject({
  v: z.literal(1),
  counters: z.strictObject({
    rowsRead: count,
    rowsQuarantined: count,
    domRows: count,
    domQuarantined: count,
    rewrites: count,
  }),
  series: z.array(seriesState),
});
export type SierraState = z.infer<typeof sierraState>;
export type SierraCounters = SierraState["counters"];
