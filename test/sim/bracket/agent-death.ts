import type { Draft } from "@believe/shared/wire";
import { z } from "zod";

const STEPS = [
  "entry asked",
  "entry acknowledged",
  "entry filled",
  "stop moving",
  "stop moved",
  "stop triggered",
  "stop cancelled",
  "exit asked",
] as const;

/** Where a life of the agent ends: at a step of a bracket, its event captured, its lines durable or its intents sent. */
export const agentDeath = z.strictObject({
  on: z.enum(STEPS),
  point: z.enum(["captured", "durable", "sent"]),
});
export type AgentDeath = z.infer<typeof agentDeath>;

/** Which step of a bracket a line tells; null for another line. */
function stepOf({ stream, body }: Draft): AgentDeath["on"] | null {
  if (stream === "intent") {
    if (body.action === "enter") return "entry asked";
    if (body.action === "move") return "stop moving";
    return body.action === "exit" ? "exit asked" : null;
  }
  const isChild = "order" in body && String(body.order).endsWith(".S");
  if (stream === "execution") return isChild ? "stop triggered" : "entry filled";
  if (stream !== "order") return null;
  if (body.state === "moved") return "stop moved";
  if (body.state === "cancelled" && isChild) return "stop cancelled";
  // Its stop exists for us from the entry's acknowledgement on: that is one step.
  return body.state === "acknowledged" && !isChild ? "entry acknowledged" : null;
}

export function isHit({ on }: AgentDeath, draft: Draft): boolean {
  return stepOf(draft) === on;
}

const at = (on: AgentDeath["on"], point: AgentDeath["point"]): AgentDeath => ({ on, point });

export const AGENT_DEATHS: readonly AgentDeath[] = [
  at("entry asked", "durable"),
  at("entry asked", "sent"),
  at("entry acknowledged", "captured"),
  at("entry acknowledged", "durable"),
  at("entry filled", "captured"),
  at("entry filled", "durable"),
  at("stop moving", "durable"),
  at("stop moving", "sent"),
  at("stop moved", "captured"),
  at("stop moved", "durable"),
  at("stop triggered", "captured"),
  at("stop triggered", "durable"),
  at("stop cancelled", "captured"),
  at("exit asked", "durable"),
  at("exit asked", "sent"),
];
