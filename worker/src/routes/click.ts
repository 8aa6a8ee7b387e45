import { clickPairs as livePairs } from "@believe/pages/dashboard";
import { clickPairs as verifyPairs } from "@believe/pages/verify";
import { BytesFailure, utf8Text } from "@believe/shared/base";
import { type Click, clicks } from "@believe/shared/wire";
import { type Context, Hono } from "hono";
import { type AppEnv, estateOf } from "../env.ts";
import { readBody } from "../middleware/limit.ts";
import { EdgeFailure } from "../problem.ts";

export const CLICK_BYTES_MAX = 4096;

const known = new Set(
  [...livePairs, ...verifyPairs].map(({ page, element }) => `${page} ${element}`),
);

function parseClicks(body: Uint8Array): readonly Click[] {
  let json: unknown;
  try {
    json = JSON.parse(utf8Text(body));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof BytesFailure)) throw error;
    throw new EdgeFailure("bad-body", "expected one JSON list, was other bytes");
  }
  const parsed = clicks.safeParse(json);
  if (!parsed.success) {
    throw new EdgeFailure("bad-body", "expected a list of page and element, was another value");
  }
  if (!parsed.data.every(({ page, element }) => known.has(`${page} ${element}`))) {
    throw new EdgeFailure("unknown-click", "expected elements of our pages, was another");
  }
  return parsed.data;
}

/** The site's web origin; `estate.site` is a bare domain in production and may be a whole origin. */
function siteOrigin(c: Context<AppEnv>): string {
  const { site } = estateOf(c.env);
  return site.includes("://") ? site : `https://${site}`;
}

/** CORS headers for the site; refuses any other foreign origin. A request without one is our own page's. */
function allowedOrigin(c: Context<AppEnv>): Record<string, string> {
  const origin = c.req.header("origin");
  if (origin === undefined || origin === new URL(c.req.url).origin) return { vary: "origin" };
  if (origin === siteOrigin(c)) return { vary: "origin", "access-control-allow-origin": origin };
  throw new EdgeFailure("foreign-origin", "expected the estate's own pages, was another origin");
}

/** The clicks of one visit: everything is refused before an object is touched. No address and no agent string is read. */
export const clickRoutes = new Hono<AppEnv>()
  .options("/click", (c) =>
    c.body(null, 204, {
      ...allowedOrigin(c),
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "86400",
    }),
  )
  .post("/click", async (c) => {
    const headers = allowedOrigin(c);
    const type = c.req.header("content-type")?.split(";")[0]?.trim() ?? "";
    if (type !== "application/json" && type !== "text/plain") {
      throw new EdgeFailure(
        "bad-body",
        "expected application/json or text/plain, was another type",
      );
    }
    const clicked = parseClicks(await readBody(c.req.raw, CLICK_BYTES_MAX));
    const day = new Date().toISOString().slice(0, 10);
    await c.env.CLICK.getByName("click").count(day, clicked);
    return c.body(null, 204, headers);
  });
