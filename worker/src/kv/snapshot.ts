import { type LiveSnapshot, liveSnapshot } from "@believe/shared/wire";

/** Key of the last copy of the public state: what the page shows, dated, when the live object does not answer. */
export const SNAPSHOT_KEY = "live/snapshot";

export async function writeSnapshot(kv: KVNamespace, snapshot: LiveSnapshot): Promise<void> {
  await kv.put(SNAPSHOT_KEY, JSON.stringify(snapshot));
}

/** The last copy, null when there is none or an older release wrote another shape. */
export async function readSnapshot(kv: KVNamespace): Promise<LiveSnapshot | null> {
  const copy = liveSnapshot.safeParse(await kv.get(SNAPSHOT_KEY, "json"));
  return copy.success ? copy.data : null;
}
