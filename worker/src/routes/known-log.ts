import { type Bytes, BytesFailure, utf8Text } from "@believe/shared/base";
import { createMiddleware } from "hono/factory";
import type { AppEnv, Env } from "../env.ts";
import { agentOf } from "../middleware/signed.ts";
import type { JournalRoom } from "../objects/journal-room.ts";
import { EdgeFailure } from "../problem.ts";

/** Refuses an agent that keeps no log here before any object is touched. */
export const knownLog = createMiddleware<AppEnv>(async (c, next) => {
  const agent = agentOf(c.req.param("agent"));
  if (agent !== "broker") {
    throw new EdgeFailure("unknown-log", `expected the broker's log, was that of ${agent}`);
  }
  await next();
});

/** The object of the broker's log. */
export function journal(env: Env): JournalRoom {
  return env.JOURNAL.getByName("broker");
}

/** A body as text. Bytes that are no text become one that no parser takes: 400, as C2SP tlog-witness has it. */
export function textOf(body: Bytes): string {
  try {
    return utf8Text(body);
  } catch (cause) {
    if (cause instanceof BytesFailure) return "";
    throw cause;
  }
}
