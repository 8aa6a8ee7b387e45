import { type Bytes, strictVerifier, webCryptoVerifier } from "@believe/shared/base";
import { type AgentName, agentName, verifyRequest } from "@believe/shared/wire";
import { parseVkey } from "@believe/shared/wire/log";
import { createMiddleware } from "hono/factory";
import { type AppEnv, type Env, estateOf } from "../env.ts";
import { EdgeFailure } from "../problem.ts";
import { readBody } from "./limit.ts";

/** The Worker's one Ed25519 verifier. */
export const verify = strictVerifier(webCryptoVerifier(crypto.subtle));

const subtleSha256 = async (data: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(data)));

/** The agent that a path names; 404 for any other word. */
export function agentOf(name: string | undefined): AgentName {
  const agent = agentName.safeParse(name);
  if (!agent.success) {
    throw new EdgeFailure("unknown-agent", "expected broker or research, was another name");
  }
  return agent.data;
}

function requestKey(env: Env, agents: readonly AgentName[], keyId: string): Bytes | null {
  const { brokerRequest, researchRequest } = estateOf(env).keys;
  const keys = { broker: brokerRequest, research: researchRequest };
  const found = agents.map((agent) => parseVkey(keys[agent])).find(({ name }) => name === keyId);
  return found?.publicKey ?? null;
}

/**
 * Reads at most `maxBytes` of body and refuses (401) a request that the path's agent (`:agent`, or the fixed one)
 * (or the one that may do it `too`) did not sign with its request key. Sets `c.var.body` and `c.var.keyId`. Nonces are not remembered: every signed
 * route is idempotent or numbered, so a repeated request changes nothing.
 */
export const signed = (options: {
  readonly maxBytes: number;
  readonly agent?: AgentName;
  readonly too?: AgentName;
}) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const agent = options.agent ?? agentOf(c.req.param("agent"));
    const agents = options.too === undefined ? [agent] : [agent, options.too];
    const body = await readBody(c.req.raw, options.maxBytes);
    const verdict = await verifyRequest({
      method: c.req.method,
      url: c.req.url,
      headers: (name) => c.req.raw.headers.get(name),
      body,
      keys: (keyId) => requestKey(c.env, agents, keyId),
      verify,
      sha256: subtleSha256,
      nowS: Math.floor(Date.now() / 1000),
    });
    if (!verdict.ok) {
      const stale = verdict.code === "stale" || verdict.code === "expired";
      throw new EdgeFailure(stale ? "stale-signature" : "bad-signature", verdict.detail, {
        facts: { code: verdict.code },
      });
    }
    c.set("body", body);
    c.set("keyId", verdict.keyId);
    await next();
  });
