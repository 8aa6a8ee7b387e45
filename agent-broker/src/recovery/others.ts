import type { SignedClient } from "@believe/host/http";
import type { ReplicaList } from "@believe/host/replica";
import type { Bytes } from "@believe/shared/base";
import type { Door } from "./door.ts";
import type { Edge } from "./edge.ts";
import { type Tip, tipAt } from "./tip.ts";

export interface OthersTip {
  readonly by: "the Worker" | "the research agent";
  readonly size: number;
  readonly root: Bytes;
}

/** What those who keep copies of our record answered. */
export interface Others {
  readonly edge: Edge;
  readonly door: Door | null;
  /** Checkpoints that our journal key signed. */
  readonly tips: readonly OthersTip[];
  /** What the door holds, null when there is none or it does not answer. */
  readonly list: ReplicaList | null;
  /** Records that our newest status at the Worker speaks of. */
  readonly statedRecords: number;
  /** Who did not answer, and why. */
  readonly silent: readonly string[];
  readonly openedLeaves: () => Promise<number>;
}

export interface OthersOptions {
  readonly origin: string;
  /** The journal key in force, and those before it. */
  readonly journalKeys: readonly string[];
  readonly statusKey: string;
  readonly edge: { readonly client: Pick<SignedClient, "get">; readonly source: Edge };
  readonly door: { readonly client: Pick<SignedClient, "get">; readonly source: Door } | null;
}

/** Asks all of them. Whoever is silent is named; nobody has to answer. */
export async function othersOf(options: OthersOptions): Promise<Others> {
  const { edge, door, origin, journalKeys: vkeys, statusKey } = options;
  const tips: OthersTip[] = [];
  const silent: string[] = [];
  const heard = (by: OthersTip["by"], tip: Tip): void => {
    if (tip.kind === "tip") tips.push({ by, size: tip.size, root: tip.root });
    if (tip.kind === "silent") silent.push(`${by}: ${tip.why}`);
  };
  const atEdge = await tipAt(edge.client, { origin, vkeys });
  heard("the Worker", atEdge);
  if (door !== null) heard("the research agent", await tipAt(door.client, { origin, vkeys }));
  const hasLog = atEdge.kind === "tip";
  return {
    edge: edge.source,
    door: door?.source ?? null,
    tips,
    silent,
    list: (await door?.source.list()) ?? null,
    statedRecords: atEdge.kind === "silent" ? 0 : await edge.source.statedRecords(statusKey),
    openedLeaves: async () => (hasLog ? await edge.source.openedLeaves() : 0),
  };
}
