import { renderDashboard } from "@believe/pages/dashboard";
import { type Facts, renderVerify } from "@believe/pages/verify";
import { type LiveSnapshot, liveSnapshot } from "@believe/shared/wire";
import { cosignersNeeded } from "@believe/shared/wire/log";
import { Hono } from "hono";
import { type AppEnv, type Env, estateOf, liveRoom } from "../env.ts";
import { readSnapshot } from "../kv/snapshot.ts";
import { isOwnWitness, policyOf } from "../policy.ts";
import { EdgeFailure } from "../problem.ts";

async function stateOf(env: Env): Promise<LiveSnapshot> {
  try {
    return liveSnapshot.parse(await liveRoom(env).snapshot());
  } catch (cause) {
    // The object is moving or over its limit: the dated copy is still true, and the page says how old it is.
    const copy = await readSnapshot(env.KV);
    if (copy !== null) return copy;
    throw new EdgeFailure("live-unavailable", "expected the live state, was unavailable", {
      cause,
    });
  }
}

/** What the Verify page has embedded: the keys to check with, and the names for its commands. */
async function verifyFacts(env: Env, url: string): Promise<Facts> {
  const { brand, dashboard, origin, account, keys } = estateOf(env);
  const policy = await policyOf(env);
  const isOwn = isOwnWitness(estateOf(env));
  return {
    brand,
    url,
    dashboard,
    origin,
    kind: account.kind,
    account: account.name,
    key: keys.journal,
    ...(keys.operator === undefined ? {} : { operator: keys.operator }),
    witnesses: policy.witnesses.map(({ name, vkey, key }) => ({
      name: `${name.charAt(0).toUpperCase()}${name.slice(1)} witness`,
      vkey,
      own: isOwn(key.name),
    })),
    needed: cosignersNeeded(policy),
  };
}

/** The pages, whole at first paint. */
export const pageRoutes = new Hono<AppEnv>()
  .get("/", async (c) => {
    const snapshot = await stateOf(c.env);
    const page = renderDashboard({ estate: estateOf(c.env), snapshot, nowUs: Date.now() * 1000 });
    return c.html(page, 200, { "cache-control": "no-store" });
  })
  .get("/verify", async (c) => {
    const facts = await verifyFacts(c.env, new URL(c.req.url).origin);
    const page = renderVerify(facts, c.req.query("seq") ?? "");
    return c.html(page, 200, { "cache-control": "no-store" });
  });
