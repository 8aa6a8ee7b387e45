import { renderDashboard } from "@believe/pages/dashboard";
import { type LiveSnapshot, liveSnapshot } from "@believe/shared/wire";
import { Hono } from "hono";
import { type AppEnv, type Env, estateOf, liveRoom } from "../env.ts";
import { readSnapshot } from "../kv/snapshot.ts";
import { EdgeFailure } from "../problem.ts";

async function stateOf(env: Env): Promise<LiveSnapshot> {
  try {
    return liveSnapshot.parse(await liveRoom(env).snapshot());
  } catch (cause) {
    // The object is moving or over its limit: the dated copy is still true, and the page says how old it is.
    const copy = await readSnapshot(env.KV);
    if (copy !== null) return copy;
    throw new EdgeFailure("live-unavailable", "expected the live state, was unavailable", {
      cause,
    });
  }
}

/** The dashboard, whole at first paint. */
export const pageRoutes = new Hono<AppEnv>().get("/", async (c) => {
  const snapshot = await stateOf(c.env);
  const page = renderDashboard({ estate: estateOf(c.env), snapshot, nowUs: Date.now() * 1000 });
  return c.html(page, 200, { "cache-control": "no-store" });
});
