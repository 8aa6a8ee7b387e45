import { SignedClient } from "@believe/host/http";
import type { WitnessPost } from "@believe/host/push";
import type { Signer } from "@believe/shared/wire/log";
import type { BrokerConfig } from "./config.ts";

/** The configured witnesses, each at its C2SP submission prefix. Nothing that it is sent is signed but the checkpoint. */
export function witnessPosts(
  { witnesses }: Pick<BrokerConfig, "witnesses">,
  { name, sign }: Signer,
): WitnessPost[] {
  return witnesses.map(({ url, vkey }) => {
    const { origin, pathname } = new URL(url);
    const client = new SignedClient({ baseUrl: origin, keyId: name, sign });
    return { vkey, client, path: `${pathname.replace(/\/+$/, "")}/add-checkpoint` };
  });
}
