import { ib } from "./ib/index.ts";
import { paper } from "./paper/index.ts";
import { providerFor as entryFor, type ProviderEntry, type ProviderRole } from "./provider.ts";
import { replay } from "./replay/index.ts";
import { rithmic } from "./rithmic/index.ts";
import { sierra } from "./sierra/index.ts";

/** Every provider. A new one is a folder and a line here. */
export const providers: readonly ProviderEntry[] = [sierra, paper, replay, ib, rithmic];

/** The entry of that name that can be used in that role. Throws `BrokerFailure` for one that cannot. */
export function providerFor(name: string, role: ProviderRole): ProviderEntry {
  return entryFor(providers, name, role);
}

export type { ProviderEntry, ProviderRole } from "./provider.ts";
export { ReplayData } from "./replay/index.ts";
export { SierraData, SierraTrade } from "./sierra/index.ts";
