import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type LiveDelta, liveDelta } from "@believe/shared/wire";
import { expect, it } from "vitest";
import { LiveSockets, SOCKETS_MAX, SOCKETS_PER_ADDRESS } from "../src/objects/live-sockets.ts";
import { get, refusalOf } from "./state.ts";

const lapsesAtUs = 4_000_000_000_000_000;
const live = () => env.LIVE.getByName("live");

interface Visitor {
  readonly socket: WebSocket;
  readonly frames: string[];
  readonly closes: number[];
  deltas(): LiveDelta[];
}

async function visit(query = "", address = "192.0.2.1"): Promise<Visitor> {
  const upgrade = { upgrade: "websocket", "cf-connecting-ip": address };
  const { webSocket: socket } = await get(`/api/live/socket${query}`, upgrade);
  if (socket === null) throw new Error("expected a socket, was refused");
  const frames: string[] = [];
  const closes: number[] = [];
  socket.addEventListener("message", ({ data }) => {
    frames.push(String(data));
  });
  socket.addEventListener("close", ({ code }) => {
    closes.push(code);
  });
  socket.accept();
  const deltas = () => frames.map((frame) => liveDelta.parse(JSON.parse(frame)));
  return { socket, frames, closes, deltas };
}

it("tells a visitor the whole state first and then each change under the next number", async () => {
  await live().status({ agent: "broker", note: "one", n: 1, lapsesAtUs });
  const { frames, deltas, socket } = await visit();
  await expect.poll(() => frames.length).toBe(1);
  const [whole] = deltas();
  expect(Object.keys(whole?.changed ?? {}).length).toBe(7);
  await live().status({ agent: "broker", note: "two", n: 2, lapsesAtUs });
  await live().figures({ note: "three", n: 1 });
  await expect.poll(() => frames.length).toBe(3);
  const [first = { n: 0 }, second, third] = deltas();
  expect([second?.n, second?.changed]).toEqual([first.n + 1, { broker: "two" }]);
  expect([third?.n, third?.changed]).toEqual([first.n + 2, { figures: "three" }]);
  socket.close();
});

it("sends nothing at first to a visitor who names the current version", async () => {
  const { n } = await live().snapshot();
  const { frames, deltas, socket } = await visit(`?n=${n}`);
  await live().figures({ note: "four", n: 2 });
  await expect.poll(() => frames.length).toBe(1);
  expect(deltas()[0]?.n).toBe(n + 1);
  socket.close();
});

it("keeps its sockets through hibernation and answers ping without waking", async () => {
  const { frames, socket } = await visit(`?n=${(await live().snapshot()).n}`);
  await evictDurableObject(live());
  socket.send("ping");
  await expect.poll(() => frames).toEqual(["pong"]);
  await live().figures({ note: "five", n: 3 });
  await expect.poll(() => frames.length).toBe(2);
  socket.close();
});

it("closes the socket of whoever says anything else", async () => {
  for (const junk of ["PING", "{}", new Uint8Array([1, 2])]) {
    const { closes, socket } = await visit();
    socket.send(junk);
    await expect.poll(() => closes).toEqual([1008]);
  }
});

it("refuses a plain request and one address's flood, and lets others in", async () => {
  expect(await refusalOf(await get("/api/live/socket"))).toBe("426 no-upgrade");
  const crowd: Visitor[] = [];
  for (let i = 0; i < SOCKETS_PER_ADDRESS; i++) crowd.push(await visit("", "198.51.100.7"));
  const upgrade = { upgrade: "websocket", "cf-connecting-ip": "198.51.100.7" };
  const refused = await get("/api/live/socket", upgrade);
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(await refusalOf(refused)).toBe("429 too-many-sockets");
  crowd.push(await visit("", "198.51.100.8"));
  for (const { socket } of crowd) socket.close();
});

it("refuses everybody when the room is full", async () => {
  const taken: WebSocket[] = Array.from({ length: SOCKETS_MAX }, () => new WebSocketPair()[0]);
  const room = new LiveSockets({
    getWebSockets: (tag) => (tag === undefined ? taken : []),
    acceptWebSocket: () => {
      throw new Error("expected a refusal, was an acceptance");
    },
    setWebSocketAutoResponse: () => undefined,
  });
  const refused = room.accept(new Request("https://log.example.test/"), null);
  expect(await refusalOf(refused)).toBe("503 room-full");
});
