import { signDocument } from "@believe/shared/wire/log";
import { BrokerAtEdge } from "../scripts/edge/broker-at-edge.ts";
import { brokerStatusOf } from "../worker/test/documents.ts";
import type { Metric } from "./metric.ts";

const SOCKETS = 1_000;
const ROUNDS = 15;
const BAR_MS = 200;
const OPEN_AT_ONCE = 50;

/** One visitor; the edge allows few connections an address, so each has its own. */
class Viewer {
  readonly #socket: WebSocket;
  #frames = 0;
  #wanted = Promise.withResolvers<number>();

  constructor(url: string, at: number) {
    const address = `10.0.${Math.floor(at / 250)}.${1 + (at % 250)}`;
    this.#socket = new WebSocket(url, { headers: { "cf-connecting-ip": address } });
    this.#socket.addEventListener("message", ({ data }) => {
      this.#frames += 1;
      this.#wanted.resolve(performance.now());
      if (typeof data !== "string") throw new Error("expected text, was another frame");
    });
    this.#socket.addEventListener("error", () =>
      this.#wanted.reject(new Error(`expected a socket for ${address}, was none`)),
    );
  }

  get frames(): number {
    return this.#frames;
  }

  /** When the next frame was there; the greeting is the first. */
  next(): Promise<number> {
    return this.#wanted.promise;
  }

  expectAnother(): void {
    this.#wanted = Promise.withResolvers();
  }

  close(): void {
    this.#socket.close();
  }
}

async function openAll(url: string): Promise<Viewer[]> {
  const viewers: Viewer[] = [];
  while (viewers.length < SOCKETS) {
    const batch = Array.from(
      { length: OPEN_AT_ONCE },
      (_, i) => new Viewer(url, viewers.length + i),
    );
    await Promise.all(batch.map((viewer) => viewer.next()));
    viewers.push(...batch);
  }
  return viewers;
}

/** From sending a signed status until the last of all sockets has its frame, milliseconds. */
async function oneRound(broker: BrokerAtEdge, viewers: readonly Viewer[], n: number) {
  const note = await signDocument(JSON.stringify(brokerStatusOf(n)), broker.keys.status);
  for (const viewer of viewers) viewer.expectAnother();
  const begin = performance.now();
  const answer = broker.client.put("/status/broker", note, "text/plain");
  const arrivals = await Promise.all(viewers.map((viewer) => viewer.next()));
  const { status } = await answer;
  if (status !== 204) throw new Error(`expected the status to be taken, was ${status}`);
  return arrivals.reduce((last, at) => Math.max(last, at), begin) - begin;
}

/** A thousand visitors on the real Worker are told of a new signed status: the middle of several rounds. */
export async function run(): Promise<readonly Metric[]> {
  const broker = await BrokerAtEdge.start();
  try {
    const viewers = await openAll(`${broker.worker.url.replace("http", "ws")}/api/live/socket`);
    const times: number[] = [];
    for (let n = 1; n <= ROUNDS; n++) times.push(await oneRound(broker, viewers, n));
    // The greeting, and each status once.
    const missed = viewers.filter(({ frames }) => frames !== ROUNDS + 1).length;
    if (missed > 0)
      throw new Error(`expected every frame once at all sockets, was not at ${missed}`);
    for (const viewer of viewers) viewer.close();
    times.sort((a, b) => a - b);
    const value = Math.round(times[Math.floor(ROUNDS / 2)] ?? Number.NaN);
    return [
      {
        bench: "fanout",
        metric: "all_viewers_ms",
        value,
        unit: "ms",
        bar: `≤ ${BAR_MS}`,
        ok: value <= BAR_MS,
      },
    ];
  } finally {
    await broker.stop();
  }
}
