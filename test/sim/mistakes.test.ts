import { seededRng } from "@believe/shared/base";
import type { Operation } from "@believe/sim/disk";
import { describe, expect, test } from "vitest";
import { Life } from "./crash/life.ts";

const SEEDS_MAX = 60;

/** What a product with a mistake in it would do to its disk: it says that something is durable, and never synced it. */
const MISTAKES: Readonly<Record<string, (operation: Operation) => boolean>> = {
  "a journal that skips fdatasync": ({ kind, path }) =>
    kind === "datasync" && path.includes("/journal/journal-"),
  "a journal whose next file is made without a sync of the folder": ({ kind, path }) =>
    kind === "syncFolder" && path === "/state/journal",
  "a folder of the journal that is made without a sync of the one above": ({ kind, path }) =>
    kind === "syncFolder" && path === "/state",
  "a spool that offers a leaf before its fsync": ({ kind, path }) =>
    kind === "datasync" && path.endsWith("/leaves.jsonl"),
  "progress that is replaced without the fsync of its draft": ({ kind, path }) =>
    kind === "sync" && path.endsWith("/push.json.new"),
  "progress that is replaced without the sync of its folder": ({ kind, path }) =>
    kind === "syncFolder" && path === "/state/log",
  "a part that is acknowledged before its fsync": ({ kind, path }) =>
    kind === "sync" && path.startsWith("/research/parts/"),
  "a part that is acknowledged before the sync of its folder": ({ kind, path }) =>
    kind === "syncFolder" && path === "/research/parts",
};

async function seedsUntilCaught(isMistaken: (operation: Operation) => boolean): Promise<number> {
  for (let i = 0; i < SEEDS_MAX; i++) {
    const seed = `mistake-${i}`;
    const rng = seededRng(seed);
    const machine = rng.below(4) === 0 ? "research" : "broker";
    const at = rng.below(machine === "broker" ? 150 : 40);
    const life = new Life({
      seed,
      cut: { machine, at },
      mistake: (operation) => (isMistaken(operation) ? "lie" : null),
    });
    if ((await life.run()).violations.length > 0) return i + 1;
  }
  return Number.POSITIVE_INFINITY;
}

describe("a mistake in what is synced is found", () => {
  test.each(Object.entries(MISTAKES))("%s", async (_, isMistaken) => {
    expect(await seedsUntilCaught(isMistaken)).toBeLessThanOrEqual(SEEDS_MAX);
  });

  test("and without one the same seeds find nothing", async () => {
    expect(await seedsUntilCaught(() => false)).toBe(Number.POSITIVE_INFINITY);
  });
});
