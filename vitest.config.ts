import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { casesAbsent, ed25519Cases } from "./test/ed25519-cases.ts";

/** What a deployment sets, as the tests' Worker is bound to it. */
const workerBindings = {
  ESTATE: readFileSync(new URL("worker/test/estate.json", import.meta.url), "utf8"),
  WITNESS_SEED: "BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=",
};

/** Programs that tests start run what was compiled once: half of a start. */
const env = {
  NODE_COMPILE_CACHE: fileURLToPath(
    new URL("node_modules/.cache/believe/compiled", import.meta.url),
  ),
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          env,
          include: [
            "{shared,host,sim,agent-broker,agent-research,pages,verify}/**/*.test.{ts,tsx}",
          ],
          exclude: ["**/node_modules/**"],
          // Files of one worker share what they import, which is half of the suite's time: none replaces a module.
          isolate: false,
          // A machine that is busy is slow, not wrong: the suite's budget is the judge of time.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: { bindings: workerBindings, r2Buckets: ["BUCKET"] },
          }),
        ],
        test: {
          name: "worker",
          include: ["worker/**/*.test.{ts,tsx}"],
          // Inside workerd there is no environment and no disk.
          provide: {
            isLong: process.env["BELIEVE_LONG"] === "1",
            ed25519Absent: casesAbsent,
            ed25519Cases: ed25519Cases(),
          },
        },
      },
      {
        test: {
          name: "rest",
          env,
          include: [
            "test/*.test.ts",
            "test/contract/**/*.test.ts",
            "scripts/**/*.test.ts",
            "bench/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "sim",
          env,
          include: ["test/sim/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "scenario",
          env,
          include: ["test/scenario/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // The market plays in real time: two at once on two cores would make its rows late.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "outside",
          env,
          include: ["test/outside/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "browser",
          env,
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
