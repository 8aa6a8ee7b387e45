import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { buildConsole, buildPages } from "@believe/pages/build";
import { liveSnapshot } from "@believe/shared/wire";
import { tapeInfo } from "@believe/sim/tape";
import type { StartArguments } from "./arguments.ts";
import { clearState } from "./clear-state.ts";
import { openGenesis, readEstateFile } from "./estate.ts";
import { StartFailure } from "./failure.ts";
import { expectFreePort } from "./free-port.ts";
import { descendants } from "./process-identity.ts";
import { Progress } from "./progress.ts";
import { ProcessRoll } from "./reap.ts";
import { RunningEstate } from "./running-estate.ts";
import type { Summary } from "./summary.ts";

const LIVE_WITHIN_MS = 60_000;

/**
 * Runs one estate on this machine until `ended` resolves, its time is up or (with a time) the tape ends;
 * then drains it, stops it and returns its figures. `sinceMs` counts from the start script's first line.
 */
export async function runEstate(
  options: StartArguments,
  sinceMs: () => number,
  ended: Promise<void>,
): Promise<Summary> {
  const progress = new Progress(sinceMs);
  const roll = new ProcessRoll(join(options.state, "processes.json"));
  prepareState(options, roll, progress);
  await expectFreePort(options.port);
  const tape = tapeInfo({ file: options.tape ?? undefined, seed: options.seed });
  const { name, symbol, startUs } = tape;
  const genesis = openGenesis(options.state, readEstateFile(), { name, symbol, startUs });
  progress.done(`estate ${genesis.names.brand}, keys, tape "${name}"`);
  await Promise.all([buildPages(), buildConsole()]);
  progress.done("pages and console built");
  const estate = new RunningEstate(options, roll);
  try {
    const url = await estate.startWorker();
    progress.done(`Worker on workerd at ${url}`);
    await estate.startResearch(genesis);
    progress.done("research agent, its door open");
    await estate.startFeedAndBroker(genesis, tape);
    progress.done(`Sierra feed and broker agent, orders to ${options.venue}`);
    await pageIsLive(url);
    const startupMs = Math.round(sinceMs());
    progress.done("dashboard is live");
    roll.record(descendants(process.pid));
    process.stderr.write(`\n${estate.table(startupMs)}\n\n`);
    await untilDone(options, ended, estate.tapeEnded);
    progress.say("draining: every leaf leaves before the estate stops");
    return await estate.finish(startupMs, name);
  } finally {
    await estate.stop();
    roll.clear();
  }
}

function prepareState(options: StartArguments, roll: ProcessRoll, progress: Progress): void {
  const reaped = roll.reap(options.reset);
  if (reaped > 0) progress.say(`ended ${reaped} processes that a killed run had left`);
  if (options.reset) clearState(options.state);
  for (const folder of ["log", "feed"]) mkdirSync(join(options.state, folder), { recursive: true });
  roll.record([]);
}

/** Live means: the page answers and the broker agent's first signed status stands behind it. */
async function pageIsLive(url: string): Promise<void> {
  const until = performance.now() + LIVE_WITHIN_MS;
  while (performance.now() < until) {
    const answer = await fetch(`${url}/api/live`);
    const snapshot = answer.ok ? liveSnapshot.safeParse(await answer.json()) : null;
    if (snapshot?.success && snapshot.data.broker !== null) {
      const page = await fetch(`${url}/`);
      await page.arrayBuffer();
      if (page.ok) return;
    }
    await pause(25);
  }
  throw new StartFailure(
    "process-died",
    `expected a live page within ${LIVE_WITHIN_MS / 1000} s, the broker agent's status did not arrive`,
  );
}

async function untilDone(
  options: StartArguments,
  ended: Promise<void>,
  tapeEnded: Promise<void>,
): Promise<void> {
  if (options.forMs === null) return await ended;
  const time = new AbortController();
  await Promise.race([
    ended,
    tapeEnded,
    pause(options.forMs, undefined, { signal: time.signal }).catch(() => {}),
  ]);
  time.abort();
}
