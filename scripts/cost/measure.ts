import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Followed, Follower, FollowStore } from "@believe/agent-research/follow";
import type { SignedClient } from "@believe/host/http";
import { signDocument, vkeyOf } from "@believe/shared/wire/log";
import { brokerStatusOf, figuresOf, researchStatusOf } from "../../worker/test/documents.ts";
import { fillDraft } from "../edge/fill-draft.ts";
import { type Counters, type MeteredEdge, startMetered } from "../edge/metered.ts";
import { witnessHere } from "../edge/witness-here.ts";
import { added, type EdgeEvent } from "./day.ts";
import type { Use } from "./plans.ts";
import { visit } from "./visit.ts";

/** More than a tile, so that full tiles, bundles and what becomes a blob have their share. */
const LEAVES = 260;
const TIMES = 40;
const RECORDS_PER_LEAF = 3;
const DRAIN_MS = 30_000;
/** Three elements of the Live page. */
const CLICKS = ["equity-table", "journal-line", "verify"].map((element) => ({
  page: "live",
  element,
}));

type Act = (edge: MeteredEdge) => Promise<void>;

async function put(client: SignedClient, path: string, body: string): Promise<void> {
  const { status } = await client.put(path, body, "text/plain");
  if (status !== 204) throw new Error(`expected 204 from ${path}, was ${status}`);
}

async function times(act: (n: number) => Promise<void>): Promise<void> {
  for (let n = 1; n <= TIMES; n++) await act(n);
}

/** One leaf after the other, as an agent seals them: a single pusher, and its witness beside the Worker. */
async function eachLeaf(
  { broker }: MeteredEdge,
  count: number,
  then: () => Promise<void>,
): Promise<void> {
  const pusher = broker.pusher({ witnesses: [witnessHere(broker.keys.researchWitness)] });
  for (let n = 0; n < count; n++) {
    broker.fill(1, (minute) =>
      Array.from({ length: RECORDS_PER_LEAF }, (_, i) => fillDraft(minute * 10 + i)),
    );
    if (!(await pusher.drain(DRAIN_MS))) {
      throw new Error(`expected the leaf to be taken, was ${pusher.state.lastError}`);
    }
    await then();
  }
  await pusher.stop();
}

/** The research host's follower, begun at an empty log. */
function followerOf({ broker: { researchClient, keys } }: MeteredEdge, folder: string): Follower {
  const { name, publicKey } = keys.journal;
  return new Follower({
    client: researchClient,
    origin: name,
    vkey: vkeyOf(name, publicKey),
    store: new FollowStore(join(folder, "followed.json")),
  });
}

async function looked(follower: Follower, expected: Followed["kind"]): Promise<void> {
  const { kind } = await follower.look(Date.now() * 1000);
  if (kind !== expected) throw new Error(`expected a log that is ${expected}, was ${kind}`);
}

const ACTS: Readonly<Record<Exclude<EdgeEvent, "follow" | "look">, Act>> = {
  leaf: (edge) => eachLeaf(edge, LEAVES, async () => undefined),
  status: ({ broker: { client, keys } }) =>
    times(async (n) => {
      const note = await signDocument(JSON.stringify(brokerStatusOf(n)), keys.status);
      await put(client, "/status/broker", note);
    }),
  research: ({ broker: { researchClient, keys } }) =>
    times(async (n) => {
      const note = await signDocument(JSON.stringify(researchStatusOf(n)), keys.researchStatus);
      await put(researchClient, "/status/research", note);
    }),
  figures: ({ broker: { client, keys } }) =>
    times(async (n) => {
      const note = await signDocument(JSON.stringify(figuresOf(n)), keys.status);
      await put(client, "/figures/broker", note);
    }),
  pending: ({ broker: { client, wal } }) =>
    times(async (n) => {
      const { line } = wal.append(fillDraft(1_000_000 + n));
      await put(client, "/log/broker/pending", `${line}\n`);
    }),
  visit: ({ broker }) => times(() => visit(broker.worker.url)),
  click: ({ broker }) =>
    times(async (n) => {
      // Two clicks and three in turn: what a visit reports on average.
      const answer = await fetch(`${broker.worker.url}/click`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(CLICKS.slice(0, 2 + (n % 2))),
      });
      if (answer.status !== 204) throw new Error(`expected 204, was ${answer.status}`);
    }),
};

function perOne(used: Counters, count: number): Use {
  return {
    requests: used.requests / count,
    objectRequests: used.objectRequests / count,
    rowsWritten: used.rowsWritten / count,
    kvReads: used.kvReads / count,
    kvWrites: used.kvWrites / count,
    objectSeconds: 0,
  };
}

/** What reading one new leaf uses, and one look that finds none. */
async function measureFollowing(edge: MeteredEdge): Promise<{ follow: Use; look: Use }> {
  const folder = mkdtempSync(join(tmpdir(), "believe-cost-"));
  const follower = followerOf(edge, folder);
  await looked(follower, "advanced");
  const uses: Counters[] = [];
  await eachLeaf(edge, TIMES, async () => {
    uses.push(await edge.used(() => looked(follower, "advanced")));
  });
  const look = await edge.used(() => times(() => looked(follower, "unchanged")));
  rmSync(folder, { recursive: true });
  const follow = uses.map((use) => perOne(use, TIMES)).reduce((sum, use) => added(sum, use));
  return { follow, look: perOne(look, TIMES) };
}

/** Makes each event happen at the real Worker and reads its counters: what one of each uses. */
export async function measure(): Promise<Record<EdgeEvent, Use>> {
  const edge = await startMetered();
  const of = async (event: keyof typeof ACTS): Promise<Use> =>
    perOne(await edge.used(() => ACTS[event](edge)), event === "leaf" ? LEAVES : TIMES);
  try {
    return {
      leaf: await of("leaf"),
      ...(await measureFollowing(edge)),
      status: await of("status"),
      research: await of("research"),
      figures: await of("figures"),
      pending: await of("pending"),
      visit: await of("visit"),
      click: await of("click"),
    };
  } finally {
    await edge.stop();
  }
}
