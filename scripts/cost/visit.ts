import { LiveFeed, type SocketEvents } from "@believe/pages/feed";
import { liveSnapshot } from "@believe/shared/wire";

const SNAPSHOT = /<script[^>]*id="snapshot"[^>]*>(.*?)<\/script>/s;

async function snapshotIn(url: string) {
  const answer = await fetch(`${url}/`);
  const [, json = ""] = SNAPSHOT.exec(await answer.text()) ?? [];
  if (answer.status !== 200) throw new Error(`expected the dashboard, was ${answer.status}`);
  return liveSnapshot.parse(JSON.parse(json));
}

/** One view of the dashboard: the page, then the page's own feed until it says that it is live. */
export async function visit(url: string): Promise<void> {
  const live = Promise.withResolvers<void>();
  const feed = new LiveFeed(await snapshotIn(url), {
    openSocket: (n: number, events: SocketEvents) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/api/live/socket?n=${n}`);
      socket.onopen = () => events.opened();
      socket.onmessage = ({ data }) => events.message(String(data));
      socket.onerror = () => live.reject(new Error("expected a socket, was refused"));
      return { send: (text) => socket.send(text), close: () => socket.close() };
    },
    fetchSnapshot: async () => (await fetch(`${url}/api/live`)).json(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    changed: (_, link) => {
      if (link === "live") live.resolve();
    },
  });
  feed.start();
  await live.promise;
  feed.stop();
}
