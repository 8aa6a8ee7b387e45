import type { DataCapabilities, TradeCapabilities } from "@believe/shared/trade";
import { BrokerFailure } from "../failure.ts";

/** One provider as the registry lists it: data, so that a document can be made from it. */
export interface ProviderEntry {
  /** The name of its folder. */
  readonly name: string;
  readonly title: string;
  readonly data: DataCapabilities | null;
  readonly trade: TradeCapabilities | null;
}

export function defineProvider<const Entry extends ProviderEntry>(entry: Entry): Entry {
  return entry;
}

export type ProviderRole = "data" | "trade";

/** The entry of that name that can be used in that role. Throws `BrokerFailure` for one that cannot. */
export function providerFor(
  providers: readonly ProviderEntry[],
  name: string,
  role: ProviderRole,
): ProviderEntry {
  const usable = providers.filter((entry) => entry[role]?.status === "works");
  const found = usable.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const known = usable.map((entry) => entry.name).join(", ");
  const planned = providers.some((entry) => entry.name === name && entry[role] !== null);
  const was = planned ? `${name}, which is planned and does not exist yet` : name;
  throw new BrokerFailure(
    "no-such-provider",
    `expected a provider of ${role === "data" ? "market data" : "orders"} (${known}), was ${was}`,
  );
}
