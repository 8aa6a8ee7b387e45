import { liveSnapshot } from "@believe/shared/wire";
import { Hono } from "hono";
import { type AppEnv, liveRoom } from "../env.ts";
import { EdgeFailure } from "../problem.ts";

/** The public state and the socket that tells its changes. `?n=` on the socket names the version already seen. */
export const liveRoutes = new Hono<AppEnv>()
  .get("/api/live", async (c) => {
    const snapshot = liveSnapshot.parse(await liveRoom(c.env).snapshot());
    return c.json(snapshot, 200, { "cache-control": "no-store" });
  })
  .get("/api/live/socket", async (c) => {
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      throw new EdgeFailure("no-upgrade", "expected a WebSocket upgrade, was a plain request");
    }
    return liveRoom(c.env).fetch(c.req.raw);
  });
