import type { SignedClient } from "@believe/host/http";
import { signDocument } from "@believe/shared/wire/log";
import { brokerStatusOf, figuresOf, fillDraft, researchStatusOf } from "../edge/documents.ts";
import { type Counters, type MeteredEdge, startMetered } from "../edge/metered.ts";
import { type EdgeEvent, EVENTS } from "./day.ts";
import type { Use } from "./plans.ts";

/** More than a tile, so that full tiles, bundles and what becomes a blob have their share. */
const LEAVES = 260;
const TIMES = 40;
const RECORDS_PER_LEAF = 3;

type Act = (edge: MeteredEdge) => Promise<void>;

async function put(client: SignedClient, path: string, body: string): Promise<void> {
  const { status } = await client.put(path, body, "text/plain");
  if (status !== 204) throw new Error(`expected 204 from ${path}, was ${status}`);
}

async function got(url: string, expected = 200): Promise<void> {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  if (answer.status !== expected) throw new Error(`expected ${expected}, was ${answer.status}`);
}

async function times(act: (n: number) => Promise<void>): Promise<void> {
  for (let n = 1; n <= TIMES; n++) await act(n);
}

/** Comes, reads the whole state once, and goes; how the closing went does not matter any more. */
function socketOnce(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/live/socket`);
    socket.onmessage = () => {
      resolve();
      socket.close();
    };
    socket.onerror = () => reject(new Error("expected a socket, was refused"));
  });
}

const ACTS: Readonly<Record<EdgeEvent, Act>> = {
  leaf: async ({ broker }) => {
    broker.fill(LEAVES, (minute) =>
      Array.from({ length: RECORDS_PER_LEAF }, (_, i) => fillDraft(minute * 10 + i)),
    );
    await broker.push();
  },
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
  follow: ({ broker }) => times(() => got(`${broker.worker.url}/log/broker/checkpoint`)),
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
  page: ({ broker }) => times(() => got(`${broker.worker.url}/`)),
  socket: ({ broker }) => times(() => socketOnce(broker.worker.url)),
  click: ({ broker }) =>
    times(async () => {
      const answer = await fetch(`${broker.worker.url}/click`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ page: "live", element: "verify" }),
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

/** Makes each event happen at the real Worker and reads its counters: what one of each uses. */
export async function measure(): Promise<Record<EdgeEvent, Use>> {
  const edge = await startMetered();
  try {
    const measured = new Map<EdgeEvent, Use>();
    for (const event of EVENTS) {
      const used = await edge.used(() => ACTS[event](edge));
      measured.set(event, perOne(used, event === "leaf" ? LEAVES : TIMES));
    }
    const of = (event: EdgeEvent): Use => {
      const use = measured.get(event);
      if (use === undefined) throw new Error(`expected ${event} to be measured, was not`);
      return use;
    };
    return {
      leaf: of("leaf"),
      status: of("status"),
      research: of("research"),
      follow: of("follow"),
      figures: of("figures"),
      pending: of("pending"),
      page: of("page"),
      socket: of("socket"),
      click: of("click"),
    };
  } finally {
    await edge.stop();
  }
}
