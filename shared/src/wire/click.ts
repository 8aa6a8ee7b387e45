import { z } from "zod";

/** One click on the site or the dashboard. Only pairs of the build manifest are counted. */
export const click = z.strictObject({
  page: z.string().regex(/^[a-z0-9-]{1,32}$/),
  element: z.string().regex(/^[a-z0-9-]{1,48}$/),
});
export type Click = z.infer<typeof click>;

/** Most clicks in one report. */
export const CLICKS_MAX = 32;
/** The clicks of one visit in their order, told together: each request is paid for. */
export const clicks = z.array(click).min(1).max(CLICKS_MAX);
