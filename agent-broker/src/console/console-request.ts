import { type Command, type ConsoleState, command } from "@believe/shared/wire";
import { z } from "zod";

/** What the page posts: the act, why, and the word that the person typed to confirm it. */
const consoleRequest = z.strictObject({
  act: z.unknown(),
  reason: z.string().trim().min(1).max(200),
  confirm: z.string().max(96),
});

export type ReadRequest =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly detail: string };

function refused(detail: string): ReadRequest {
  return { ok: false, detail };
}

/** The word that a person types for an act, so that no slip of the mouse is one. */
export function confirmationOf(kind: Command["kind"], state: ConsoleState): string {
  switch (kind) {
    case "kill":
      return "KILL";
    case "flatten":
      return "FLATTEN";
    case "arm":
      return state.account.name;
    case "unkill":
    case "close-only":
    case "resume":
    case "adopt":
    case "disarm":
    case "cancel":
      return state.position.symbol;
  }
}

/** Reads a posted command. Nothing of it is believed before schema and confirmation hold. */
export function readRequest(body: string, state: ConsoleState): ReadRequest {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return refused("expected JSON, was other text");
  }
  const request = consoleRequest.safeParse(value);
  if (!request.success) return refused(`expected a command, was ${firstLine(request.error)}`);
  const { act, reason, confirm } = request.data;
  const parsed = command.safeParse({ ...(isObject(act) ? act : {}), by: "console", reason });
  if (!parsed.success) return refused(`expected a command, was ${firstLine(parsed.error)}`);
  const word = confirmationOf(parsed.data.kind, state);
  if (confirm !== word) return refused(`expected ${word} typed to confirm, was another word`);
  return { ok: true, command: parsed.data };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstLine(error: z.ZodError): string {
  return `one with ${z.prettifyError(error).split("\n")[0] ?? "a fault"}`;
}
