import type { Estate } from "@believe/shared/wire";
import {
  ED25519_COSIGNATURE,
  formatPolicy,
  type Policy,
  parsePolicy,
  vkeyOf,
} from "@believe/shared/wire/log";
import { type Env, estateOf } from "./env.ts";
import { witnessSigner } from "./witness.ts";

/** The log's tlog-policy: what the estate says, or this Worker alone. */
async function policyText(env: Pick<Env, "ESTATE" | "WITNESS_SEED">): Promise<string> {
  const { policy, keys } = estateOf(env);
  if (policy !== undefined) return policy;
  const { name, publicKey } = await witnessSigner(env);
  const vkey = vkeyOf(name, publicKey, ED25519_COSIGNATURE);
  return formatPolicy({ log: keys.journal, witnesses: [{ name: "worker", vkey }], threshold: 1 });
}

/** The same as it is served: its log line names the key in force, which may not be the estate's first one. */
export async function servedPolicyText(
  env: Pick<Env, "ESTATE" | "WITNESS_SEED">,
  vkey: string,
): Promise<string> {
  const first = estateOf(env).keys.journal;
  const lines = (await policyText(env)).split("\n").map((line) => {
    const [word, key, ...rest] = line.trim().split(/[ \t]+/);
    return word === "log" && key === first ? ["log", vkey, ...rest].join(" ") : line;
  });
  return lines.join("\n");
}

export async function policyOf(env: Pick<Env, "ESTATE" | "WITNESS_SEED">): Promise<Policy> {
  return parsePolicy(await policyText(env));
}

/** Whether the key of this name is one of the operator's machines, as the estate names them. */
export function isOwnWitness({ dashboard, origin }: Estate): (name: string) => boolean {
  return (name) => name === `${dashboard}/witness` || name.startsWith(`${origin}/`);
}
