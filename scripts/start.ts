import "./require-node.ts";

const sinceMs = (): number => performance.now();
const { startArguments, USAGE } = await import("./start/arguments.ts");

let asked = 0;
const ended = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      asked += 1;
      // Asked twice: whoever waits no longer for the leaves gets out, and the next start goes on from the disk.
      if (asked > 1) process.exit(130);
      resolve();
    });
  }
});

try {
  const options = startArguments(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { runEstate } = await import("./start/run.ts");
  const summary = await runEstate(options, sinceMs, ended);
  if (options.json) console.log(JSON.stringify(summary));
  process.exit(0);
} catch (error) {
  const { sentenceOf } = await import("@believe/host/log");
  console.error(`believe: ${sentenceOf(error)}`);
  process.exit(1);
}
