import { readKeyChange } from "@believe/shared/wire/log";
import { z } from "zod";

/** Where the keys lie that the broker's log was given after its first: what is asked before the object is woken. */
const VKEYS_KEY = "log/broker/vkeys";
const list = z.array(z.string());

/** Keys that a change brought, oldest first; empty where there was none. At most a minute old. */
export async function readVkeys(kv: KVNamespace): Promise<readonly string[]> {
  const held = list.safeParse(await kv.get(VKEYS_KEY, { type: "json", cacheTtl: 60 }));
  return held.success ? held.data : [];
}

/** Writes the keys of a log's changes unless they are there already. The list only grows. */
export async function writeVkeys(kv: KVNamespace, keyChanges: readonly string[]): Promise<void> {
  if (keyChanges.length === 0 || (await readVkeys(kv)).length === keyChanges.length) return;
  const vkeys = keyChanges.map((note) => readKeyChange(note).newVkey);
  await kv.put(VKEYS_KEY, JSON.stringify(vkeys));
}
