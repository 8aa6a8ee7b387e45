import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SignedClient } from "@believe/host/http";
import { base64 } from "@believe/shared/base";
import type { LiveSnapshot } from "@believe/shared/wire";
import { unstable_startWorker } from "wrangler";
import { buildPages } from "../../pages/build.ts";
import { type SampleSigners, sampleEstate, sampleSigners } from "../../pages/dashboard/sample.ts";

const CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

/** The real Worker on workerd with empty storage of its own, and the agents' request keys in the test's hands. */
export interface RunningEstate {
  readonly url: string;
  readonly signers: SampleSigners;
  /** Sends a state's signed documents as the agents do; answers the statuses in order broker, research, figures. */
  put(snapshot: LiveSnapshot): Promise<readonly number[]>;
  stop(): Promise<void>;
}

export async function startEstate(): Promise<RunningEstate> {
  process.env["WRANGLER_SEND_METRICS"] = "false";
  process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";
  process.env["X_LOCAL_OBSERVABILITY"] = "false";
  process.env["WRANGLER_HIDE_BANNER"] = "true";
  await buildPages();
  const persist = await mkdtemp(join(tmpdir(), "believe-edge-"));
  const signers = await sampleSigners();
  const estate = sampleEstate(signers);
  const worker = await unstable_startWorker({
    config: CONFIG,
    bindings: {
      ESTATE: { type: "plain_text", value: JSON.stringify(estate) },
      WITNESS_SEED: { type: "plain_text", value: base64(new Uint8Array(32).fill(3)) },
    },
    dev: { persist, logLevel: "warn", server: { hostname: "127.0.0.1", port: 0 }, watch: false },
  });
  const url = (await worker.url).href;
  const clientOf = (keyName: string, signer: SampleSigners["broker"]) =>
    new SignedClient({ baseUrl: url.replace(/\/$/, ""), keyId: keyName, sign: signer.sign });
  const broker = clientOf(`${estate.origin}/request`, signers.broker);
  const research = clientOf(`${estate.origin}/research/request`, signers.research);
  return {
    url,
    signers,
    async put(snapshot) {
      const sent = [
        [broker, "/status/broker", snapshot.broker],
        [research, "/status/research", snapshot.research],
        [broker, "/figures/broker", snapshot.figures],
      ] as const;
      const statuses: number[] = [];
      for (const [client, path, note] of sent) {
        if (note === null) continue;
        statuses.push((await client.put(path, note, "text/plain; charset=utf-8")).status);
      }
      return statuses;
    },
    async stop() {
      await Promise.all([broker.close(), research.close()]);
      await worker.dispose();
      await rm(persist, { recursive: true, force: true });
    },
  };
}
