import { parseArgs } from "node:util";
import { sentenceOf } from "@believe/host/log";
import { openDayNow, openResearchAgent } from "./agent.ts";
import { anchorNow } from "./anchor/index.ts";
import { readResearchConfig } from "./config.ts";
import { rebuildJournal } from "./door/journal-rebuild.ts";
import { replaySegments } from "./replay/index.ts";

const USAGE = `believe-research: the research tier's agent and tools

  believe-research run --config FILE      open the door, follow the log, report
  believe-research replay SEGMENT…        replay captures and print the decision tip
  believe-research journal --config FILE --out DIR
                                          write the broker's journal from its replica, checked
  believe-research open --config FILE --day YYYY-MM-DD
                                          open a trade date that the broker agent did not
  believe-research anchor --config FILE --remote URL --folder DIR
                                          file today's newest checkpoint in a git repository`;

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
    options: {
      config: { type: "string" },
      out: { type: "string" },
      remote: { type: "string" },
      folder: { type: "string" },
      day: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  const [command, ...rest] = positionals;
  if (command === "run" && values.config !== undefined) {
    await run(values.config);
    return 0;
  }
  if (command === "journal" && values.config !== undefined && values.out !== undefined) {
    const rebuilt = await rebuildJournal(readResearchConfig(values.config), values.out);
    console.log(JSON.stringify(rebuilt));
    return 0;
  }
  if (command === "open" && values.config !== undefined && values.day !== undefined) {
    const config = readResearchConfig(values.config);
    console.log(JSON.stringify(await openDayNow(config, values.day)));
    return 0;
  }
  const { config, remote, folder } = values;
  if (
    command === "anchor" &&
    config !== undefined &&
    remote !== undefined &&
    folder !== undefined
  ) {
    const anchored = await anchorNow(readResearchConfig(config), { remote, folder });
    console.log(JSON.stringify(anchored));
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
