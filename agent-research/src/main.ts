import { parseArgs } from "node:util";
import { sentenceOf } from "@believe/host/log";
import { openResearchAgent } from "./agent.ts";
import { readResearchConfig } from "./config.ts";
import { replaySegments } from "./replay/index.ts";

const USAGE = `believe-research: the research tier's agent and tools

  believe-research run --config FILE      open the door, follow the log, report
  believe-research replay SEGMENT…        replay captures and print the decision tip`;

async function run(file: string): Promise<void> {
  const agent = await openResearchAgent(readResearchConfig(file));
  console.log(JSON.stringify({ event: "research.ready", doorPort: agent.doorPort }));
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
    // Started with a pipe for a parent: when the parent is gone there is nobody to stop us.
    process.once("disconnect", () => resolve());
  });
  await agent.stop();
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { config: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  const [command, ...rest] = positionals;
  if (command === "run" && values.config !== undefined) {
    await run(values.config);
    return 0;
  }
  if (command === "replay" && rest.length > 0) {
    console.log(JSON.stringify(await replaySegments(rest)));
    return 0;
  }
  console.error(USAGE);
  return values.help ? 0 : 2;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`believe-research: ${sentenceOf(error)}`);
    process.exit(1);
  },
);
