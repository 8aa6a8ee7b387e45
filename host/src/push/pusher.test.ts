import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vkeyOf } from "@believe/shared/wire/log";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { HttpFailure } from "../http/index.ts";
import { newSeed, signerOf } from "../keys/index.ts";
import { Pusher, type PusherOptions, PushFailure } from "./index.ts";
import { type Kill, PushEstate } from "./test/estate.ts";
import type { Fault, Seen } from "./test/fake-mirror.ts";

const DRAIN_MS = 10_000;

let estates: PushEstate[] = [];
const estateOf = async (options: Partial<PusherOptions> = {}): Promise<PushEstate> => {
  const estate = new PushEstate(options);
  estates.push(estate);
  await estate.mirror.listen();
  return estate;
};
afterEach(async () => {
  for (const estate of estates) await estate.remove();
  estates = [];
});

const STEPS = {
  "the mirror's checkpoint": ({ method }: Seen) => method === "GET",
  "the entry bundle": ({ path }: Seen) => path === "tile/entries/000.p/2",
  "the hash tile": ({ path }: Seen) => path === "tile/0/000.p/2",
  "the checkpoint of the next leaf": ({ path, body }: Seen) =>
    path === "add-checkpoint" && Buffer.from(body).includes("\n2\n"),
  "the opening": ({ path }: Seen) => path === "open/1",
} as const;

const FAULTS: Readonly<Record<string, Fault>> = {
  "the connection breaks": "broken",
  "it is taken and the answer is lost": "lost",
  "the mirror says 500": { status: 500, body: "oops" },
  "the mirror says 503 and when to come back": { status: 503, headers: { "retry-after": "0" } },
  "the mirror says 429 and when to come back": { status: 429, headers: { "retry-after": "0" } },
  "the mirror says 409 with its size": { status: 409, body: "1\n" },
  "the mirror says 409 with no size": { status: 409, body: "{}" },
  "the mirror says 422": { status: 422, body: "no" },
};

/** One leaf lies at the mirror, then something happens once at a step of the second one; a third one follows. */
const STEP_NAMES = Object.entries(STEPS);

describe("every step, whatever happens to it once", () => {
  for (const [step, isStep] of STEP_NAMES) {
    test.each(Object.entries(FAULTS))(`${step}: %s`, async (_, fault) => {
      const estate = await estateOf();
      estate.work(1);
      const first = estate.pusher();
      expect(await first.drain(DRAIN_MS)).toBe(true);
      await first.stop();
      let times = 0;
      estate.mirror.fault = (seen) => (isStep(seen) && times++ < 1 ? fault : null);
      estate.work(2);
      const pusher = estate.pusher();
      expect(await pusher.drain(DRAIN_MS)).toBe(true);
      await pusher.stop();
      expect(times).toBeGreaterThan(0);
      estate.check();
      expect(pusher.state).toMatchObject({ size: 3, cosigned: 3, openedLeaves: 3, queued: 0 });
      expect(pusher.state.lastError).toBeNull();
    });

    test.each<Kill>(["before", "after"])(`${step}: we are killed %s it`, async (when) => {
      const estate = await estateOf();
      estate.work(1);
      const first = estate.pusher();
      await first.drain(DRAIN_MS);
      await first.stop();
      estate.work(2);
      const client = estate.client();
      client.kill = (what) => {
        const path = what.replace("/log/broker/", "");
        const seen = {
          method: path === "checkpoint" ? "GET" : "PUT",
          path,
          body: new Uint8Array(),
        };
        const offer = path === "add-checkpoint" && step === "the checkpoint of the next leaf";
        return offer || isStep(seen) ? when : null;
      };
      estate.pusher(client).start();
      await client.died.promise;
      estate.restart();
      estate.work(1);
      const pusher = estate.pusher();
      expect(await pusher.drain(DRAIN_MS)).toBe(true);
      await pusher.stop();
      estate.check();
    });
  }

  test("a refused connection is an error of the round, and the mirror's return heals it", async () => {
    const estate = await estateOf();
    estate.work(2);
    const client = estate.client();
    let refused = 0;
    const offline = {
      get: (path: string) =>
        refused++ < 3
          ? Promise.reject(new HttpFailure("unreachable", "expected an answer, was ECONNREFUSED"))
          : client.get(path),
      put: client.put.bind(client),
      post: client.post.bind(client),
    };
    const pusher = estate.pusher(offline);
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    expect(refused).toBeGreaterThan(3);
    estate.check();
  });
});

describe("kills anywhere", () => {
  test("any history of work, faults and kills ends with the same mirror", {
    timeout: 60_000,
  }, async () => {
    const life = fc.record({
      work: fc.nat(3),
      /** After so many requests we are killed. */
      requests: fc.integer({ min: 1, max: 14 }),
      when: fc.constantFrom<Kill>("before", "after"),
      faults: fc.array(
        fc.constantFrom<Fault | null>(null, null, "broken", "lost", { status: 500 }),
        {
          maxLength: 6,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 8 }), async (lives) => {
        const estate = await estateOf();
        for (const { work, requests, when, faults } of lives) {
          estate.work(work, work);
          const waiting = [...faults];
          estate.mirror.fault = () => waiting.shift() ?? null;
          const client = estate.client();
          let left = requests;
          client.kill = () => (--left <= 0 ? when : null);
          const pusher = estate.pusher(client);
          pusher.start();
          await Promise.race([client.died.promise, pusher.drain(DRAIN_MS)]);
          estate.restart();
        }
        estate.mirror.fault = () => null;
        estate.work(1);
        const pusher = estate.pusher();
        expect(await pusher.drain(DRAIN_MS)).toBe(true);
        await pusher.stop();
        estate.check();
        await estate.remove();
        estates = estates.filter((other) => other !== estate);
      }),
      { numRuns: 30 },
    );
  });
});

describe("a push", () => {
  test("shows the growth of each leaf and opens it before the next one", async () => {
    const estate = await estateOf();
    estate.work(3);
    const pusher = estate.pusher();
    await pusher.drain(DRAIN_MS);
    await pusher.stop();
    expect(estate.mirror.taken).toEqual([
      "cover 1",
      "open 0",
      "cover 2",
      "open 1",
      "cover 3",
      "open 2",
    ]);
  });

  test("goes over the edge of a tile", async () => {
    const estate = await estateOf({ leavesPerRound: 100 });
    estate.work(260, 0);
    const pusher = estate.pusher();
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    estate.work(1);
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    estate.check();
    expect(estate.mirror.taken.filter((what) => what.startsWith("cover"))).toHaveLength(4);
  });

  test("keeps the pace it was given", async () => {
    const estate = await estateOf({ leavesPerSecond: 20 });
    estate.work(4);
    const at: number[] = [];
    estate.mirror.fault = ({ path }) => {
      if (path === "add-checkpoint") at.push(performance.now());
      return null;
    };
    const pusher = estate.pusher();
    await pusher.drain(DRAIN_MS);
    await pusher.stop();
    expect(at).toHaveLength(4);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(140);
  });

  test("sends commitments for what stays closed", async () => {
    const estate = await estateOf({ opens: ({ seq }) => seq % 2 === 0 });
    estate.work(2, 4);
    const pusher = estate.pusher();
    await pusher.drain(DRAIN_MS);
    await pusher.stop();
    expect(estate.mirror.lines().map((line) => line.slice(0, 14))).toEqual([
      '{"v":1,"seq":0',
      '{"v":1,"seq":2',
      '{"v":1,"seq":4',
      '{"v":1,"seq":6',
    ]);
  });

  test("a drain that takes too long says so, and stopping never waits for the mirror", async () => {
    const estate = await estateOf();
    estate.work(1);
    const client = estate.client();
    client.kill = () => "before";
    const pusher = estate.pusher(client);
    expect(await pusher.drain(30)).toBe(false);
    await pusher.stop();
    expect(await pusher.drain(30)).toBe(false);
  });

  test("a mirror that went back is filled again from the size it names", async () => {
    const estate = await estateOf();
    estate.work(5);
    const first = estate.pusher();
    await first.drain(DRAIN_MS);
    await first.stop();
    estate.mirror.entries = estate.mirror.entries.slice(0, 2);
    estate.mirror.note = await estate.spool.checkpoint(estate.signer, 2);
    for (const leaf of [2, 3, 4]) estate.mirror.openings.delete(leaf);
    estate.work(1);
    const pusher = estate.pusher();
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    estate.check();
  });

  test("a size that the mirror names while we run is where we go on, without asking again", async () => {
    const estate = await estateOf();
    estate.work(5);
    const pusher = estate.pusher();
    await pusher.drain(DRAIN_MS);
    estate.mirror.entries = estate.mirror.entries.slice(0, 2);
    for (const leaf of [2, 3, 4]) estate.mirror.openings.delete(leaf);
    const asked: string[] = [];
    estate.mirror.fault = ({ path }) => {
      asked.push(path);
      return null;
    };
    estate.work(1);
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    estate.check();
    expect(asked).not.toContain("checkpoint");
  });

  test("lost progress is learned from the mirror", async () => {
    const estate = await estateOf();
    estate.work(3);
    const first = estate.pusher();
    await first.drain(DRAIN_MS);
    await first.stop();
    rmSync(join(estate.spool.folder, "push.json"));
    estate.work(1);
    const pusher = estate.pusher();
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    estate.check();
  });
});

describe("what a person has to look at", () => {
  const codeOf = (act: () => unknown): string => {
    try {
      act();
    } catch (failure) {
      if (failure instanceof PushFailure) return failure.code;
      throw failure;
    }
    return "none";
  };
  const lastingCode = (estate: PushEstate): unknown => {
    const [failure] = estate.lasting;
    return failure instanceof PushFailure ? failure.code : failure;
  };

  test("a spool behind what was signed from this folder refuses to start", async () => {
    const estate = await estateOf();
    estate.work(1);
    const signed = { size: 2, root: null };
    writeFileSync(
      join(estate.spool.folder, "push.json"),
      JSON.stringify({ v: 1, signed, pushed: 0, opened: 0 }),
    );
    expect(codeOf(() => estate.pusher())).toBe("spool-behind");
  });

  test("other leaves than were signed refuse to start", async () => {
    const estate = await estateOf();
    estate.work(1);
    const signed = { size: 1, root: `${"A".repeat(43)}=` };
    writeFileSync(
      join(estate.spool.folder, "push.json"),
      JSON.stringify({ v: 1, signed, pushed: 0, opened: 0 }),
    );
    expect(codeOf(() => estate.pusher())).toBe("fork");
  });

  test("progress that is no progress refuses to start", async () => {
    const estate = await estateOf();
    writeFileSync(join(estate.spool.folder, "push.json"), "{}");
    expect(codeOf(() => estate.pusher())).toBe("corrupt");
  });

  test("a disk that went back signs nothing: the mirror has more, or other leaves", async () => {
    const old = await estateOf();
    old.work(3);
    const first = old.pusher();
    await first.drain(DRAIN_MS);
    await first.stop();
    for (const [minutes, code] of [
      [1, "spool-behind"],
      [4, "fork"],
    ] as const) {
      const estate = await estateOf({ signer: old.signer });
      estate.work(minutes);
      const asked: string[] = [];
      old.mirror.fault = ({ path }) => {
        asked.push(path);
        return null;
      };
      const pusher = estate.pusher(old.client());
      expect(await pusher.drain(DRAIN_MS)).toBe(false);
      expect(lastingCode(estate)).toBe(code);
      expect(asked).toEqual(["checkpoint"]);
      expect(pusher.state.lastError).toMatch(/^expected /);
      await pusher.stop();
    }
    expect(old.mirror.violations).toEqual([]);
  });

  test("a frozen log is asked again and again, and goes on without a restart once it is unfrozen", async () => {
    const heard: (string | null)[] = [];
    const estate = await estateOf({ onFrozen: (why) => heard.push(why) });
    estate.work(2);
    const pusher = estate.pusher();
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    let asked = 0;
    estate.mirror.fault = ({ path }) => {
      if (path !== "add-checkpoint") return null;
      asked += 1;
      return { status: 409, headers: { "believe-log": "frozen" }, body: "2\n" };
    };
    estate.work(1);
    expect(await pusher.drain(DRAIN_MS), "nothing can leave now: a stop need not wait").toBe(false);
    await expect.poll(() => asked).toBeGreaterThan(3);
    expect(pusher.state).toMatchObject({ frozen: true, size: 2, queued: 1 });
    estate.mirror.fault = () => null;
    await expect.poll(() => pusher.state).toMatchObject({ frozen: false, size: 3, queued: 0 });
    await pusher.stop();
    expect(heard).toEqual([expect.stringContaining("frozen at size 2"), null]);
    estate.check();
  });

  test("a stop that comes after the freeze ended does not wait for the slow question", async () => {
    const slow = { firstMs: 60_000, maxMs: 60_000, random: () => 0.9 };
    const estate = await estateOf({ backoff: slow });
    estate.work(1);
    let isFrozen = true;
    estate.mirror.fault = ({ path }) =>
      isFrozen && path === "add-checkpoint"
        ? { status: 409, headers: { "believe-log": "frozen" }, body: "0\n" }
        : null;
    const pusher = estate.pusher();
    expect(await pusher.drain(DRAIN_MS)).toBe(false);
    expect(await pusher.drain(DRAIN_MS)).toBe(false);
    isFrozen = false;
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    estate.check();
  });

  test("a log that was unfrozen at another root than ours ends the push, and signs nothing more", async () => {
    const estate = await estateOf();
    estate.work(2);
    const pusher = estate.pusher();
    await pusher.drain(DRAIN_MS);
    const other = new PushEstate({ signer: estate.signer });
    estates.push(other);
    other.work(2);
    const posts: string[] = [];
    estate.mirror.fault = ({ path }) => {
      posts.push(path);
      return path === "add-checkpoint"
        ? { status: 409, headers: { "believe-log": "frozen" }, body: "2\n" }
        : null;
    };
    estate.work(1);
    await pusher.drain(DRAIN_MS);
    estate.mirror.note = await other.spool.checkpoint(estate.signer, 2);
    await expect.poll(() => estate.lasting.length).toBe(1);
    expect(lastingCode(estate)).toBe("fork");
    expect(posts.at(-1), "it looks before it offers").toBe("checkpoint");
    await pusher.stop();
  });

  test("the mirror's newest checkpoint may be by an earlier key of ours, and by no stranger's", async () => {
    const old = await estateOf();
    old.work(2);
    const first = old.pusher();
    await first.drain(DRAIN_MS);
    await first.stop();
    const next = signerOf(old.signer.name, newSeed());
    const vkey = vkeyOf(old.signer.name, old.signer.publicKey);
    const stranger = new Pusher({ ...old.pushing(), signer: next });
    expect(await stranger.drain(200)).toBe(false);
    expect(stranger.state.lastError).toContain("signature");
    await stranger.stop();
    old.mirror.vkey = vkeyOf(next.name, next.publicKey);
    old.work(1);
    const pusher = new Pusher({ ...old.pushing(), signer: next, earlierKeys: [vkey] });
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    old.check();
    expect(old.mirror.note).toBe(await old.spool.checkpoint(next));
  });

  test("what has to be done before anything is offered is done first, and again where it failed", async () => {
    const done: string[] = [];
    const before = async () => {
      done.push("before");
      if (done.length < 3) throw new PushFailure("not-taken", "expected a note to be taken");
    };
    const estate = await estateOf({ before });
    estate.work(1);
    estate.mirror.fault = ({ path }) => {
      done.push(path);
      return null;
    };
    const pusher = estate.pusher();
    expect(await pusher.drain(DRAIN_MS)).toBe(true);
    await pusher.stop();
    expect(done.slice(0, 4)).toEqual(["before", "before", "before", "checkpoint"]);
  });

  test("a cosignature of another witness is never taken for ours", async () => {
    const other = signerOf("mirror.example/witness", newSeed());
    const estate = await estateOf({ witness: vkeyOf(other.name, other.publicKey, 0x04) });
    estate.work(2);
    const pusher = estate.pusher();
    expect(await pusher.drain(200)).toBe(false);
    expect(pusher.state.cosigned).toBe(0);
    expect(pusher.state.lastError).toContain("cosignature");
    await pusher.stop();
  });

  test("progress is written whole", async () => {
    const estate = await estateOf();
    estate.work(2);
    const pusher = estate.pusher();
    await pusher.drain(DRAIN_MS);
    await pusher.stop();
    const text: unknown = JSON.parse(readFileSync(join(estate.spool.folder, "push.json"), "utf8"));
    expect(text).toMatchObject({ signed: { size: 2 }, pushed: 2, opened: 2 });
  });
});
