/** `npm run bench -- NAME [--json]`: runs one bench; exits 1 when a metric misses its bar. */
import "../scripts/require-node.ts";
import { readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { isMetric, type Metric, repeated, table } from "./metric.ts";

const NOT_A_BENCH = ["run.ts", "metric.ts"];

/** Every file of a folder that may be a bench, by name. */
export function benches(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /^[a-z-]+\.ts$/.test(file) && !NOT_A_BENCH.includes(file))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

/** Imports a bench from a folder, runs it, and holds it to the form of its answer. */
export async function metricsOf(folder: string, name: string): Promise<readonly Metric[]> {
  if (!benches(folder).includes(name)) {
    throw new Error(`expected a bench of ${benches(folder).join(", ")}, was ${name || "nothing"}`);
  }
  const module: unknown = await import(pathToFileURL(`${folder}/${name}.ts`).href);
  const run = typeof module === "object" && module !== null && "run" in module ? module.run : null;
  if (typeof run !== "function")
    throw new Error(`expected bench/${name}.ts to export run(), was none`);
  const answer: unknown = await run();
  if (!Array.isArray(answer) || answer.length === 0 || !answer.every(isMetric)) {
    throw new Error(`expected metrics from bench/${name}.ts, was ${JSON.stringify(answer)}`);
  }
  const twice = repeated(answer);
  if (twice.length > 0)
    throw new Error(`expected each metric once, was twice: ${twice.join(", ")}`);
  return answer;
}

async function main(): Promise<void> {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  const json = process.argv.includes("--json");
  try {
    const metrics = await metricsOf(import.meta.dirname, names[0] ?? "");
    console.log(json ? metrics.map((metric) => JSON.stringify(metric)).join("\n") : table(metrics));
    // A bench may leave workers and sockets behind; its numbers are out.
    process.exit(metrics.every(({ ok }) => ok) ? 0 : 1);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

if (import.meta.main) await main();
