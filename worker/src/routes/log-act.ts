import {
  type ActOutcome,
  type ActRefusal,
  actAnswer,
  KEY_CHANGE_BYTES_MAX,
  openedAct,
  openKeyChange,
  openUnfreeze,
  UNFREEZE_BYTES_MAX,
} from "@believe/shared/wire/log";
import { Hono } from "hono";
import { type AppEnv, type Env, estateOf } from "../env.ts";
import { readVkeys } from "../kv/vkeys.ts";
import { limited } from "../middleware/limit.ts";
import { verify } from "../middleware/signed.ts";
import { journal, knownLog, textOf } from "./known-log.ts";

const FRESH = { "access-control-allow-origin": "*", "cache-control": "no-store" } as const;

/** The refusal of a note that the estate's operator did not sign, null for one that goes on to the object. */
async function unfreezeRefusal(env: Env, note: string): Promise<ActRefusal | null> {
  const { origin, keys } = estateOf(env);
  const { operator } = keys;
  if (operator === undefined) {
    return { kind: "untrusted", detail: "expected an operator's key in the estate, was none" };
  }
  const opened = await openedAct(() => openUnfreeze(note, { origin, operator }, verify));
  return "kind" in opened ? opened : null;
}

/** The same for a key change that no key of the log signed. Which one is in force, the object knows. */
async function keyChangeRefusal(env: Env, note: string): Promise<ActRefusal | null> {
  const { origin, keys } = estateOf(env);
  const opened = await openedAct(() => openKeyChange(note, origin, verify));
  if ("kind" in opened) return opened;
  const { oldVkey } = opened;
  if (oldVkey === keys.journal || (await readVkeys(env.KV)).includes(oldVkey)) return null;
  return { kind: "untrusted", detail: "expected a key of this log, was another" };
}

function answered(outcome: ActOutcome): Response {
  const { status, headers, body } = actAnswer(outcome);
  return new Response(body, { status, headers: { ...headers, "cache-control": "no-store" } });
}

/**
 * What only signed notes do: the operator ends a freeze, the log's key hands over to the next. Nobody signs the
 * request: the note is the authority, it is checked here before any object is woken, and sent twice it changes nothing.
 */
export const logActRoutes = new Hono<AppEnv>()
  .post("/log/:agent/unfreeze", knownLog, limited(UNFREEZE_BYTES_MAX), async (c) => {
    const note = textOf(c.var.body);
    const refusal = await unfreezeRefusal(c.env, note);
    return answered(refusal ?? (await journal(c.env).unfreeze(note)));
  })
  .post("/log/:agent/key-change", knownLog, limited(KEY_CHANGE_BYTES_MAX), async (c) => {
    const note = textOf(c.var.body);
    const refusal = await keyChangeRefusal(c.env, note);
    return answered(refusal ?? (await journal(c.env).changeKey(note)));
  })
  .get("/log/:agent/forks", knownLog, async (c) => {
    const forks = await journal(c.env).forks();
    return c.json({ v: 1, origin: estateOf(c.env).origin, forks }, 200, FRESH);
  })
  .get("/log/:agent/key-changes", knownLog, async (c) => {
    const changes = await journal(c.env).keyChanges();
    return c.json({ v: 1, origin: estateOf(c.env).origin, changes }, 200, FRESH);
  });
