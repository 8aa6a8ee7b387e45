import { Hono } from "hono";
import type { AppEnv } from "../env.ts";
import { openApiDocument } from "../openapi.ts";

let made: object | null = null;

/** The API document, made once per isolate. */
export const openApiRoutes = new Hono<AppEnv>().get("/openapi.json", (c) => {
  made ??= openApiDocument();
  return c.json(made, 200, { "cache-control": "public, max-age=300" });
});
