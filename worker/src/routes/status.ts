import { figures, status } from "@believe/shared/wire";
import { Hono } from "hono";
import { type AppEnv, estateOf, liveRoom } from "../env.ts";
import { agentOf, signed } from "../middleware/signed.ts";
import type { Taken } from "../objects/rooms.ts";
import { EdgeFailure } from "../problem.ts";
import { openSignedNote } from "./signed-note.ts";

export const STATUS_BYTES_MAX = 16 * 1024;
export const FIGURES_BYTES_MAX = 128 * 1024;
/** How far ahead of ours an agent's clock may be, microseconds. */
const AHEAD_US_MAX = 300_000_000;
/** Longest lease: an agent that is silent for longer is always seen. */
const LEASE_US_MAX = 600_000_000;

function answer(taken: Taken, n: number): Response {
  if (taken.taken) return new Response(null, { status: 204 });
  throw new EdgeFailure("not-newer", `expected n above ${taken.newest}, was ${n}`);
}

/** Signed status and figures documents; both refuse a number that is not above the stored one. */
export const statusRoutes = new Hono<AppEnv>()
  .put("/status/:agent", signed({ maxBytes: STATUS_BYTES_MAX }), async (c) => {
    const agent = agentOf(c.req.param("agent"));
    const { brokerStatus, researchStatus } = estateOf(c.env).keys;
    const vkey = agent === "broker" ? brokerStatus : researchStatus;
    const { note, value } = await openSignedNote(c.var.body, vkey, status);
    if (value.agent !== agent) {
      throw new EdgeFailure("wrong-agent", `expected a status of ${agent}, was ${value.agent}`);
    }
    const nowUs = Date.now() * 1000;
    if (value.atUs > nowUs + AHEAD_US_MAX) {
      throw new EdgeFailure("future-status", "expected a status signed by now, was a later one");
    }
    const leaseUs = Math.min(value.leaseUs, LEASE_US_MAX);
    // An agent whose clock runs ahead gains no longer lease.
    const lapsesAtUs = Math.min(value.atUs, nowUs) + leaseUs;
    const taken = await liveRoom(c.env).status({ agent, note, n: value.n, lapsesAtUs });
    return answer(taken, value.n);
  })
  .put("/figures/broker", signed({ maxBytes: FIGURES_BYTES_MAX, agent: "broker" }), async (c) => {
    const vkey = estateOf(c.env).keys.brokerStatus;
    const { note, value } = await openSignedNote(c.var.body, vkey, figures);
    const taken = await liveRoom(c.env).figures({ note, n: value.n });
    return answer(taken, value.n);
  });
