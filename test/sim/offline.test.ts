import { HttpFailure } from "@believe/host/http";
import { nodeSha256 } from "@believe/host/keys";
import { type MirrorClient, Pusher } from "@believe/host/push";
import { Spool } from "@believe/host/spool";
import { Wal } from "@believe/host/wal";
import { base64, seededRng, timeUs } from "@believe/shared/base";
import { SimDisk } from "@believe/sim/disk";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Edge, journalKey, ORIGIN, witnessVkey } from "./crash/edge.ts";

/** Time that passes only when the test says so. */
const clock = vi.hoisted(() => {
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  const now = { ms: 0 };
  const sleep = (ms: number, value: unknown, options: { readonly signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      const forget = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener("abort", stop);
      };
      const stop = (): void => {
        forget();
        reject(signal?.reason);
      };
      const sleeper = {
        atMs: now.ms + ms,
        wake: () => {
          forget();
          resolve(value);
        },
      };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", stop);
    });
  return { now, sleepers, sleep };
});
vi.mock("node:timers/promises", () => ({ setTimeout: clock.sleep }));

const DAYS = process.env["BELIEVE_LONG"] === "1" ? 3 : 1;
const DAYS_MINUTES = DAYS * 24 * 60;
const MINUTE_MS = 60_000;
const T0_MS = Date.UTC(2024, 0, 9, 14, 20);
const DRAIN_MS = 1e12;

/** Goes on to the next thing that is due, at most to `untilMs`. */
async function pass(untilMs: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  const due = [...clock.sleepers].filter(({ atMs }) => atMs <= untilMs);
  due.sort((a, b) => a.atMs - b.atMs);
  const [next] = due;
  clock.now.ms = Math.max(clock.now.ms, next?.atMs ?? untilMs);
  next?.wake();
}

describe(`${DAYS} days without a network, then a mirror that is busy`, { timeout: 120_000 }, () => {
  const rng = seededRng("offline");
  const disk = new SimDisk();
  const edge = new Edge();
  const wal = Wal.open({ folder: "/state/journal", wallUs: () => timeUs(1), disk });
  const spool = Spool.open({
    folder: "/state/log",
    origin: ORIGIN,
    sha256: nodeSha256,
    wal,
    disk,
  });
  /** Times of the requests that found no network, of each checkpoint that was offered, and of what was asked to wait. */
  const offlineAt: number[] = [];
  const coveredAt: number[] = [];
  const sizes: number[] = [];
  const waits: { readonly untilMs: number; readonly nextAtMs: number }[] = [];
  let notBeforeMs = 0;
  let isOffline = true;
  let queued = 0;
  let sealedOffline = 0;

  function seal(minute: number): void {
    if (rng.below(3) === 0) {
      const { seq, line } = wal.append({ stream: "stop", body: { reason: `r${minute}` } });
      wal.sync();
      spool.add(seq, line);
    }
    spool.advance(timeUs((T0_MS + minute * MINUTE_MS) * 1000));
  }

  /** What the mirror says before it looks at a request; null when it takes it. */
  function busy(): { status: number; headers: Record<string, string>; text: string } | null {
    const { ms } = clock.now;
    if (isOffline) {
      offlineAt.push(ms);
      throw new HttpFailure("unreachable", "expected an answer, was no network");
    }
    if (notBeforeMs > 0) waits.push({ untilMs: notBeforeMs, nextAtMs: ms });
    notBeforeMs = 0;
    if (rng.below(150) > 0) return null;
    const seconds = 1 + rng.below(90);
    notBeforeMs = ms + seconds * 1000;
    const headers = { "retry-after": String(seconds) };
    return { status: rng.below(2) === 0 ? 429 : 503, headers, text: "" };
  }

  function client(): MirrorClient {
    const real = edge.client(async () => undefined);
    return {
      get: async (path) => {
        const refused = busy();
        return refused === null ? real.get(path) : { ...refused, bytes: new Uint8Array(0) };
      },
      put: async (...given) => busy() ?? (await real.put(...given)),
      post: async (...given) => {
        const refused = busy();
        if (refused !== null) return refused;
        const before = edge.size;
        const answer = await real.post(...given);
        // What is offered again after a lost agreement covers nothing new.
        if (edge.size !== before) {
          coveredAt.push(clock.now.ms);
          sizes.push(edge.size);
        }
        return answer;
      },
    };
  }

  beforeAll(async () => {
    let minute = 0;
    spool.advance(timeUs(T0_MS * 1000));
    const pusher = new Pusher({
      spool,
      wal,
      client: client(),
      signer: journalKey,
      witness: witnessVkey,
      opens: () => true,
      wallUs: () => timeUs(Math.round((T0_MS + clock.now.ms) * 1000)),
      backoff: { firstMs: 250, maxMs: 30_000, random: () => rng.next() },
    });
    const untilNextMinute = async (isOver = () => false): Promise<void> => {
      const endMs = (minute + 1) * MINUTE_MS;
      while (clock.now.ms < endMs && !isOver()) await pass(endMs);
      if (isOver()) return;
      minute++;
      seal(minute);
    };
    pusher.start();
    while (minute < DAYS_MINUTES) await untilNextMinute();
    ({ queued } = pusher.state);
    sealedOffline = spool.size;
    isOffline = false;
    let isDrained = false;
    const drained = pusher.drain(DRAIN_MS).then((all) => {
      isDrained = true;
      return all;
    });
    while (!isDrained && minute < 2 * DAYS_MINUTES) await untilNextMinute(() => isDrained);
    expect(await drained).toBe(true);
    await pusher.stop();
  }, 120_000);

  it("queued every minute, and asked again with jitter at most every half minute", () => {
    expect(sealedOffline).toBe(DAYS_MINUTES);
    expect(queued).toBe(DAYS_MINUTES);
    const gaps = offlineAt.slice(1).map((at, i) => at - (offlineAt[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    expect(new Set(gaps.slice(-100)).size, "no two agents keep step").toBeGreaterThan(90);
  });

  it("caught up leaf by leaf in order, none merged and none dropped", async () => {
    expect(spool.size).toBeGreaterThan(DAYS_MINUTES);
    expect(sizes).toEqual(Array.from({ length: spool.size }, (_, i) => i + 1));
    expect(edge.violations).toEqual([]);
    expect(edge.root).toBe(base64(spool.root()));
    expect(edge.storage.openings.size).toBe(spool.size);
    const journal = [...wal.records()].map(({ line }) => line);
    expect(journal.length).toBeGreaterThan(300 * DAYS);
    expect(await edge.lines()).toEqual(journal);
    const minutes = [...spool.leaves()].map(({ minute }) => Date.parse(minute));
    expect(minutes.every((at, i) => i === 0 || at - (minutes[i - 1] ?? 0) === MINUTE_MS)).toBe(
      true,
    );
  });

  it("never sent more than four leaves within a second", () => {
    const fifth = coveredAt.slice(4).map((at, i) => at - (coveredAt[i] ?? 0));
    expect(Math.min(...fifth)).toBeGreaterThanOrEqual(1_000);
    expect(Math.min(...fifth), "and no slower than it may").toBe(1_000);
  });

  it("sent nothing before the mirror's Retry-After had passed", () => {
    expect(waits.length).toBeGreaterThan(15 * DAYS);
    for (const { untilMs, nextAtMs } of waits) expect(nextAtMs).toBeGreaterThanOrEqual(untilMs);
  });
});
