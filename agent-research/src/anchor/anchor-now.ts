import { join } from "node:path";
import { SignedClient } from "@believe/host/http";
import { loadOrCreateSeed, signerOf, verifyNode } from "@believe/host/keys";
import { fromBase64, utf8Text } from "@believe/shared/base";
import { parsePolicy, readKeyChange } from "@believe/shared/wire/log";
import { gitEnvironment, type ResearchConfig } from "../config.ts";
import { ResearchFailure } from "../failure.ts";
import { FollowStore, openServedCheckpoint } from "../follow/index.ts";
import { WitnessStore } from "../witness/index.ts";
import { type AnchorOutcome, anchor } from "./anchor.ts";

/** Fetches the newest checkpoint of the configured log and anchors it as of now. */
export async function anchorNow(
  config: ResearchConfig,
  git: { readonly remote: string; readonly folder: string },
): Promise<AnchorOutcome> {
  const { state, origin, keys } = config;
  const followed = new FollowStore(join(state, "followed.json")).load();
  // The policy was fixed with the log's first key; this agent verified which ones came after it.
  const first = config.policy ?? `log ${keys.brokerJournal}\nquorum none\n`;
  const later = followed.keyChanges
    .map((note) => readKeyChange(note).newVkey)
    .filter((vkey) => !first.includes(vkey));
  const policy = parsePolicy(`${first}${later.map((vkey) => `log ${vkey}\n`).join("")}`);
  const note = await servedNote(config);
  const { keyChanges } = followed;
  if (
    (await openServedCheckpoint(note, { origin, vkey: keys.brokerJournal, keyChanges })) === null
  ) {
    throw new ResearchFailure(
      "anchor-refused",
      "expected a checkpoint by the log's key in force, was another's",
    );
  }
  const cosigned = new WitnessStore(join(state, "cosigned.json")).load();
  return await anchor({
    ...git,
    origin,
    policy,
    verify: verifyNode,
    note,
    known: [{ size: followed.size, root: fromBase64(followed.root) }, cosigned],
    env: gitEnvironment(),
    day: new Date().toISOString().slice(0, 10),
  });
}

async function servedNote({ state, origin, worker }: ResearchConfig): Promise<string> {
  const { name, sign } = signerOf(
    `${origin}/research/request`,
    loadOrCreateSeed(join(state, "keys", "request.seed")),
  );
  const client = new SignedClient({ baseUrl: worker.url, keyId: name, sign });
  const answer = await client.get("/log/broker/checkpoint");
  await client.close();
  if (answer.status === 200) return utf8Text(answer.bytes);
  throw new ResearchFailure(
    "served-log-inconsistent",
    `expected a checkpoint at ${worker.url}, was status ${answer.status}`,
  );
}
