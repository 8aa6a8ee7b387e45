import { opensAtUs } from "@believe/shared/market";
import { Embargo } from "@believe/shared/trade";
import type { Draft } from "@believe/shared/wire";
import { afterEach, describe, expect, test } from "vitest";
import type { Pusher, PusherOptions } from "./index.ts";
import { type Kill, PushEstate } from "./test/estate.ts";

const DRAIN_MS = 10_000;
const WEDNESDAY = opensAtUs("2024-01-09");

const FRIDAY = opensAtUs("2024-01-11");

let estates: PushEstate[] = [];
afterEach(async () => {
  for (const estate of estates) await estate.remove();
  estates = [];
});
const estateOf = async (options: Partial<PusherOptions> = {}): Promise<PushEstate> => {
  const estate = new PushEstate(options);
  estates.push(estate);
  await estate.mirror.listen();
  return estate;
};
/** A pusher of a live account: as after every start, its embargo knows nothing yet. */
const live = (estate: PushEstate, client = estate.client()): Pusher =>
  estate.pusher(client, { opens: new Embargo() });
const pushed = async (estate: PushEstate): Promise<Pusher> => {
  const pusher = live(estate);
  expect(await pusher.drain(DRAIN_MS)).toBe(true);
  await pusher.stop();
  return pusher;
};

const symbol = "MESH4";
const of = { order: "B-1", symbol, atUs: 1, side: "buy", qty: 1, price: "1.25" } as const;
const fill = (exec: string): Draft => {
  const body = { ...of, exec, trade: "T-1", fee: "0.50", role: "entry", reason: "r" } as const;
  return { stream: "fill", body };
};
const stand = (lots: number): Draft => {
  const body = { symbol, atUs: 1, lots, averagePrice: null, trade: null, realised: "0.00" };
  return { stream: "position", body };
};
const note = (reason: string): Draft => ({ stream: "stop", body: { reason } });

/** Tuesday: a trade begins. After its opening time: the trade ends on Wednesday's date. And so on. */
const DAYS: readonly ((estate: PushEstate) => void)[] = [
  (estate) => {
    estate.write(note("tuesday"));
    estate.write(fill("E-1"));
    estate.write(stand(1));
    estate.work(1, 0);
  },
  (estate) => {
    estate.away(WEDNESDAY);
    estate.work(1, 1);
  },
  (estate) => {
    // Before 17:00 on Thursday: the trade date of the exit is Thursday's.
    estate.away(opensAtUs("2024-01-10"));
    estate.write(fill("E-2"));
    estate.write(stand(0));
    estate.work(1, 1);
  },
  (estate) => {
    estate.away(opensAtUs("2024-01-12"));
    estate.work(1, 1);
  },
];
const linesOpen = (estate: PushEstate): string[] =>
  estate.mirror.lines().map((line) => line.replace(/^.*"stream":"(\w+)".*$/, "$1"));

describe("openings of a live account", () => {
  test("wait for their time while the log grows, then show all but the open trade, then that too", async () => {
    const estate = await estateOf();
    DAYS[0]?.(estate);
    expect((await pushed(estate)).state).toMatchObject({ size: 1, openedLeaves: 0, queued: 0 });
    expect(estate.mirror.openings.size).toBe(0);
    DAYS[1]?.(estate);
    await pushed(estate);
    expect(linesOpen(estate)).toEqual(["stop"]);
    DAYS[2]?.(estate);
    await pushed(estate);
    expect(linesOpen(estate)).toEqual(["stop"]);
    DAYS[3]?.(estate);
    const { state } = await pushed(estate);
    expect(linesOpen(estate)).toEqual([
      "stop",
      "fill",
      "position",
      "stop",
      "fill",
      "position",
      "stop",
    ]);
    expect(state.queued).toBe(0);
    expect(estate.mirror.violations).toEqual([]);
  });

  test("are not sent again by a restart", async () => {
    const estate = await estateOf();
    for (const day of DAYS) {
      day(estate);
      await pushed(estate);
    }
    const before = estate.mirror.taken.length;
    estate.restart();
    await pushed(estate);
    expect(estate.mirror.taken.slice(before).filter((what) => what.startsWith("open"))).toEqual([]);
  });

  test("that the mirror does not take hold up no leaf", async () => {
    const estate = await estateOf();
    DAYS[0]?.(estate);
    DAYS[1]?.(estate);
    estate.mirror.fault = ({ path }) => (path.startsWith("open/") ? { status: 500 } : null);
    const pusher = live(estate);
    pusher.start();
    estate.work(3);
    const { size } = estate.spool;
    await expect.poll(() => pusher.state.size).toBe(size);
    expect(estate.mirror.entries).toHaveLength(size);
    expect(pusher.state.openedLeaves).toBe(0);
    expect(pusher.state.queued).toBeGreaterThan(0);
    expect(await pusher.opened(), "figures wait for what is due").toBeNull();
    estate.mirror.fault = () => null;
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    expect([...((await pusher.opened()) ?? [])].map(({ stream }) => stream)).toEqual(["stop"]);
  });

  test("that somebody else opened wider are left as they are", async () => {
    const estate = await estateOf();
    DAYS[0]?.(estate);
    await pushed(estate);
    const other = estate.pusher(estate.client(), {
      opens: () => true,
      stateFile: `${estate.folder}/other.json`,
    });
    await other.drain(DRAIN_MS);
    await other.stop();
    const shown = estate.mirror.openings.get(0);
    DAYS[1]?.(estate);
    estate.mirror.fault = ({ path, method }) =>
      path === "open/0" && method === "PUT" ? { status: 409 } : null;
    expect((await pushed(estate)).state).toMatchObject({ lastError: null, queued: 0 });
    expect(estate.mirror.openings.get(0)).toBe(shown);
  });

  test("come out the same when we are killed at any request", { timeout: 60_000 }, async () => {
    const whole = await estateOf();
    for (const day of DAYS) {
      day(whole);
      await pushed(whole);
    }
    const opened = linesOpen(whole);
    for (const when of ["before", "after"] satisfies Kill[]) {
      for (const at of [1, 2, 4, 6, 9]) {
        const estate = await estateOf();
        for (const day of DAYS) {
          day(estate);
          const client = estate.client();
          let left = at;
          client.kill = () => (--left <= 0 ? when : null);
          const pusher = live(estate, client);
          pusher.start();
          await Promise.race([client.died.promise, pusher.drain(DRAIN_MS)]);
          estate.restart();
        }
        await pushed(estate);
        expect(estate.mirror.violations).toEqual([]);
        expect(linesOpen(estate)).toEqual(opened);
        await estate.remove();
        estates = estates.filter((other) => other !== estate);
      }
    }
  });

  test("of a redacted record are never sent, and the rest of its leaf is", async () => {
    const estate = await estateOf();
    estate.write(note("first"));
    estate.write(note("secret"));
    estate.work(1, 0);
    estate.write({ stream: "redaction", body: { seq: 1, reason: "names a person" } });
    estate.work(1, 0);
    estate.away(FRIDAY);
    estate.work(1, 0);
    await pushed(estate);
    expect(linesOpen(estate)).toEqual(["stop", "redaction"]);
    expect(estate.mirror.lines().join()).not.toContain("secret");
  });
});
