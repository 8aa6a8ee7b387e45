import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { type LiveSnapshot, liveSnapshot } from "@believe/shared/wire";
import { z } from "zod";
import { DASHBOARD } from "./agents.ts";

/** One request through the whole Worker. */
export const ask = (request: Request): Promise<Response> => exports.default.fetch(request);

export const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  ask(new Request(`${DASHBOARD}${path}`, { headers }));

const refusal = z.object({ status: z.int(), code: z.string() });

/** Status and code of a refusal; fails when the answer is not problem details. */
export async function refusalOf(response: Response): Promise<string> {
  const type = response.headers.get("content-type");
  if (type !== "application/problem+json") return `${response.status} ${type}`;
  const { status, code } = refusal.parse(await response.json());
  return status === response.status ? `${status} ${code}` : `${response.status} is not ${status}`;
}

export async function liveState(): Promise<LiveSnapshot> {
  return liveSnapshot.parse(await (await get("/api/live")).json());
}

/** Everything that is stored: rows of the live, click and journal objects and the keys of KV. */
export async function storedState(): Promise<string> {
  const rows = async (stub: DurableObjectStub, table: string): Promise<unknown> =>
    runInDurableObject(stub, (_, state) => {
      const exists = state.storage.sql
        .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?", table)
        .toArray();
      return exists.length === 0 ? [] : state.storage.sql.exec(`SELECT * FROM ${table}`).toArray();
    });
  const keys = await env.KV.list();
  return JSON.stringify({
    live: await rows(env.LIVE.getByName("live"), "section"),
    click: await rows(env.CLICK.getByName("click"), "click"),
    keys: keys.keys.map(({ name }) => name),
  });
}
