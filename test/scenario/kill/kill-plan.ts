import type { Draft } from "@believe/shared/wire";
import { z } from "zod";

const on = z.enum(["enter", "protect", "exit", "cancel", "move", "held", "flat", "execution"]);

/** Where a life of the agent ends: at the `nth` step of the kind `on`, when its loop stands at `point`. */
export const killPlan = z.strictObject({
  point: z.enum(["captured", "durable", "sent"]),
  on,
  nth: z.int().positive(),
});
export type KillPlan = z.infer<typeof killPlan>;

/** Whether a line of a step is of the kind that the plan waits for. */
export function isHit(kind: KillPlan["on"], draft: Draft): boolean {
  switch (kind) {
    case "held":
      return draft.stream === "decision" && draft.body.verdict === "hold";
    case "flat":
      return draft.stream === "decision" && draft.body.verdict !== "hold";
    case "execution":
      return draft.stream === "execution";
    default:
      return draft.stream === "intent" && draft.body.action === kind;
  }
}

const at = (point: KillPlan["point"], kind: KillPlan["on"], nth = 1): KillPlan => ({
  point,
  on: kind,
  nth,
});

/**
 * Twenty deaths: with an order in flight, with a position, in the middle of a fill, and idle. In this order, since a
 * life that begins with a position needs no warm-up: the tape stays short.
 */
export const KILLS: readonly KillPlan[] = [
  at("durable", "flat", 3),
  at("durable", "enter"),
  at("sent", "enter"),
  at("captured", "enter"),
  at("captured", "execution"),
  at("durable", "execution"),
  at("sent", "protect"),
  at("durable", "protect"),
  at("captured", "protect"),
  at("durable", "held", 2),
  at("captured", "held", 3),
  at("sent", "held", 4),
  at("durable", "held", 5),
  at("captured", "held", 6),
  at("sent", "held", 7),
  at("durable", "cancel"),
  at("sent", "cancel"),
  at("captured", "exit"),
  at("sent", "exit"),
  at("durable", "flat", 7),
];
