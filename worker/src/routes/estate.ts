import { Hono } from "hono";
import { type AppEnv, estateOf } from "../env.ts";

/** What is fixed for the whole estate: its names and its verifier keys. */
export const estateRoutes = new Hono<AppEnv>().get("/api/estate", (c) =>
  c.json(estateOf(c.env), 200, { "cache-control": "public, max-age=60" }),
);
