import type { LiveDelta, LiveSnapshot } from "@believe/shared/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyDelta, wholeOf } from "./delta.ts";
import { LiveFeed, POLL_MS, retryDelayMs, type SocketEvents } from "./live-feed.ts";
import type { Link } from "./view.ts";

const base: LiveSnapshot = {
  n: 5,
  atUs: 1,
  broker: null,
  research: null,
  figures: null,
  log: { size: 0, root: null, minute: null, opened: 0, unopenedHours: [] },
  fills: [],
  alarms: [],
  witnessing: null,
};
const delta = (n: number, broker: string): LiveDelta => ({ n, atUs: n, changed: { broker } });

/** The first frame of a socket, at which the reader's version was another. */
function greeting({ n, atUs: _, ...changed }: LiveSnapshot): LiveDelta {
  return { n, atUs: n, changed };
}

describe("a delta", () => {
  test("applies only as the next version; null is a value", () => {
    expect(applyDelta(base, delta(6, "a"))).toMatchObject({
      kind: "applied",
      snapshot: { n: 6, broker: "a" },
    });
    const cleared = applyDelta(
      { ...base, broker: "a" },
      { n: 6, atUs: 6, changed: { broker: null } },
    );
    expect(cleared).toMatchObject({ kind: "applied", snapshot: { broker: null } });
    expect(applyDelta(base, delta(5, "a")).kind).toBe("old");
    expect(applyDelta(base, delta(7, "a")).kind).toBe("gap");
  });

  test("is the whole when it names every section, and only then", () => {
    const { changed } = greeting({ ...base, n: 9 });
    expect(wholeOf(greeting({ ...base, n: 9 }))).toEqual({ ...base, n: 9, atUs: 9 });
    for (const name of Object.keys(changed)) {
      const some = Object.fromEntries(Object.entries(changed).filter(([key]) => key !== name));
      expect(wholeOf({ n: 9, atUs: 9, changed: some }), name).toBeNull();
    }
  });
});

/** A feed whose network and clock are lists in the test's hands. */
function bench() {
  const timers: { atMs: number; run: () => void; live: boolean }[] = [];
  const sockets: { n: number; events: SocketEvents; sent: string[] }[] = [];
  const seen: { n: number; link: Link }[] = [];
  const net = { nowMs: 0, state: base, up: true, fetches: 0 };
  const feed = new LiveFeed(base, {
    openSocket(n, events) {
      const socket: (typeof sockets)[number] = { n, events, sent: [] };
      sockets.push(socket);
      return { send: (text) => socket.sent.push(text), close: () => events.closed() };
    },
    async fetchSnapshot() {
      net.fetches += 1;
      if (!net.up) throw new Error("expected an answer, was none");
      return net.state;
    },
    after(delayMs, run) {
      const timer = { atMs: net.nowMs + delayMs, run, live: true };
      timers.push(timer);
      return () => {
        timer.live = false;
      };
    },
    random: () => 0.5,
    changed: (snapshot, link) => seen.push({ n: snapshot.n, link }),
  });
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  const advance = async (ms: number) => {
    const until = net.nowMs + ms;
    for (;;) {
      const due = timers
        .filter((t) => t.live && t.atMs <= until)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      due.live = false;
      net.nowMs = due.atMs;
      due.run();
      await settle();
    }
    net.nowMs = until;
  };
  const socket = () => {
    const last = sockets.at(-1);
    if (!last) throw new Error("expected a socket, was none");
    return last;
  };
  const tell = (message: LiveDelta) => socket().events.message(JSON.stringify(message));
  return { feed, net, seen, sockets, socket, tell, settle, advance };
}

describe("the live feed", () => {
  test("asks for nothing when the socket begins with the whole, and then follows deltas", async () => {
    const b = bench();
    b.feed.start();
    expect(b.socket().n).toBe(5);
    b.socket().events.opened();
    b.tell(greeting({ ...base, n: 8, broker: "whole" }));
    expect(b.feed.snapshot).toMatchObject({ n: 8, broker: "whole" });
    b.tell(delta(9, "next"));
    await b.settle();
    expect(b.feed.snapshot).toMatchObject({ n: 9, broker: "next" });
    expect(b.seen.at(-1)).toEqual({ n: 9, link: "live" });
    expect(b.net.fetches).toBe(0);
  });

  test("is live at once when it holds what the server has", async () => {
    const b = bench();
    b.feed.start();
    b.socket().events.opened();
    await b.settle();
    expect(b.seen).toEqual([{ n: 5, link: "live" }]);
    b.tell(delta(6, "next"));
    expect(b.feed.snapshot).toMatchObject({ n: 6, broker: "next" });
    expect(b.net.fetches).toBe(0);
  });

  test("believes a server that went back, and fetches again what an older answer overwrote", async () => {
    const b = bench();
    b.feed.start();
    b.socket().events.opened();
    b.tell(greeting({ ...base, n: 3, broker: "restored" }));
    expect(b.feed.snapshot).toMatchObject({ n: 3, broker: "restored" });
    // The answer to this gap is taken before the next socket's whole, and comes after it.
    b.net.state = { ...base, n: 6 };
    b.tell(delta(6, "gap"));
    b.tell(greeting({ ...base, n: 7, broker: "newer" }));
    b.net.state = { ...base, n: 7, broker: "newer" };
    await b.settle();
    expect(b.feed.snapshot).toMatchObject({ n: 7, broker: "newer" });
    expect(b.net.fetches).toBe(2);
  });

  test("asks for the whole after a gap and after a frame that is no delta", async () => {
    const b = bench();
    b.feed.start();
    b.socket().events.opened();
    await b.settle();
    b.net.state = { ...base, n: 9, broker: "whole" };
    b.tell(delta(8, "lost two"));
    await b.settle();
    expect(b.feed.snapshot).toMatchObject({ n: 9, broker: "whole" });
    b.socket().events.message("<html>");
    await b.settle();
    expect(b.net.fetches).toBe(2);
  });

  test("ends at the server's state whatever order and loss the deltas suffer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([6, 7, 8, 9, 10, 11]), async (order) => {
        const b = bench();
        b.feed.start();
        b.socket().events.opened();
        await b.settle();
        b.net.state = { ...base, n: 11, broker: "v11" };
        for (const n of order) {
          b.tell(delta(n, `v${n}`));
          await b.settle();
        }
        b.tell({ n: 13, atUs: 13, changed: {} });
        await b.settle();
        b.net.state = { ...base, n: 13, broker: "v11" };
        await b.advance(1500);
        expect(b.feed.snapshot.n).toBe(13);
        expect(b.feed.snapshot.broker).toBe("v11");
      }),
    );
  });

  test("polls every 15 s while sockets fail, says offline when nothing answers, and comes back", async () => {
    const b = bench();
    b.feed.start();
    b.socket().events.closed();
    await b.settle();
    expect(b.seen.at(-1)?.link).toBe("polling");
    b.net.up = false;
    await b.advance(POLL_MS);
    expect(b.seen.at(-1)?.link).toBe("offline");
    b.net.up = true;
    b.socket().events.opened();
    await b.settle();
    expect(b.seen.at(-1)?.link).toBe("live");
    const fetches = b.net.fetches;
    await b.advance(3 * POLL_MS - 1000);
    expect(b.net.fetches).toBe(fetches);
  });

  test("asks again until the whole comes while the socket is open", async () => {
    const b = bench();
    b.net.up = false;
    b.feed.start();
    b.socket().events.opened();
    b.tell(delta(7, "lost one"));
    await b.settle();
    b.net.up = true;
    b.net.state = { ...base, n: 7 };
    await b.advance(1100);
    expect(b.seen.at(-1)).toEqual({ n: 7, link: "live" });
  });

  test("pings, and gives up a socket that has gone silent", async () => {
    const b = bench();
    b.feed.start();
    b.socket().events.opened();
    await b.settle();
    await b.advance(44_000);
    expect(b.socket().sent).toEqual(["ping", "ping"]);
    await b.advance(3000);
    expect(b.sockets.length).toBe(2);
  });

  test("never pings while it is told something every few seconds", async () => {
    const b = bench();
    b.feed.start();
    b.socket().events.opened();
    for (let n = 6; n < 40; n++) {
      await b.advance(5_000);
      b.tell(delta(n, `v${n}`));
    }
    expect(b.socket().sent).toEqual([]);
    expect([b.sockets.length, b.net.fetches]).toEqual([1, 0]);
  });

  test("waits longer after each failure, with jitter, at most 30 s", () => {
    expect([0, 1, 2, 9].map((n) => retryDelayMs(n, 1))).toEqual([1000, 2000, 4000, 30_000]);
    expect(retryDelayMs(2, 0)).toBe(2000);
  });
});
