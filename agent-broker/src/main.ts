import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { makeLog, sentenceOf } from "@believe/host/log";
import { BrokerAgent } from "./agent.ts";
import { readBrokerConfig } from "./config.ts";
import { handCommand } from "./hand/hand-command.ts";
import { HAND_OPTIONS, HAND_USAGE, wishOf } from "./hand/hand-wish.ts";
import { folderOfState } from "./keys/folder-of-state.ts";
import { folderCommand, KEYS_USAGE, keysCommand, type ShownKey } from "./keys/keys-command.ts";
import { REDACT_USAGE, redactCommand, redactionOf } from "./requests/redact-command.ts";
import { UNFREEZE_USAGE, unfreezeCommand } from "./unfreeze/unfreeze-command.ts";

const USAGE = `believe-broker: the broker tier's agent

  believe-broker run --config FILE      trade, journal and push until it is stopped
${HAND_USAGE}
${KEYS_USAGE}
${REDACT_USAGE}
${UNFREEZE_USAGE}`;

const OPTIONS = {
  config: { type: "string" },
  state: { type: "string" },
  origin: { type: "string" },
  key: { type: "string" },
  seq: { type: "string" },
  reason: { type: "string" },
  yes: { type: "string" },
  ...HAND_OPTIONS,
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

async function run(file: string): Promise<void> {
  const agent = await BrokerAgent.open(readBrokerConfig(file));
  await agent.start();
  console.log(JSON.stringify({ event: "broker.ready", pid: process.pid }));
  const reason = await new Promise<string>((resolve) => {
    process.once("SIGTERM", () => resolve("asked"));
    process.once("SIGINT", () => resolve("asked"));
    // A start script that is gone can no longer ask.
    process.once("disconnect", () => resolve("parent-gone"));
  });
  const summary = await agent.stop(reason, (queued) =>
    console.log(JSON.stringify({ event: "broker.draining", queued })),
  );
  console.log(JSON.stringify({ event: "broker.stopped", ...summary }));
}

async function keys(words: readonly string[], values: Values): Promise<ShownKey[] | null> {
  const { config, state, origin } = values;
  if (config !== undefined && state === undefined) {
    return await keysCommand({ words, config: readBrokerConfig(config), log: makeLog("broker") });
  }
  if (config !== undefined || state === undefined) return null;
  const [verb, ...rest] = words;
  const isKnown = rest.length === 0 && (verb === "init" || verb === "show");
  return isKnown ? folderCommand(words, folderOfState(state, origin)) : null;
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const [command, ...words] = positionals;
  const { config, key, seq, reason } = values;
  if (command === "run" && config !== undefined) {
    await run(config);
    return 0;
  }
  if (command === "keys") {
    const shown = await keys(words, values);
    for (const one of shown ?? []) console.log(JSON.stringify(one));
    if (shown !== null) return 0;
  }
  if (command !== undefined && config !== undefined) {
    const read = readBrokerConfig(config);
    const wish = wishOf([command, ...words], values, read);
    if (wish !== null) {
      const lines = await handCommand({ config: read, wish, json: values.json ?? false });
      for (const line of lines) console.log(line);
      return 0;
    }
  }
  if (command === "redact" && config !== undefined && seq !== undefined && reason !== undefined) {
    const body = redactionOf(seq, reason);
    const said = { config: readBrokerConfig(config), body, log: makeLog("broker") };
    console.log(await redactCommand(said));
    return 0;
  }
  if (command === "unfreeze" && config !== undefined && key !== undefined && reason !== undefined) {
    const asked = { keyFile: key, reason, yes: values.yes ?? null };
    const say = (line: string): void => console.log(line);
    return (await unfreezeCommand({ config: readBrokerConfig(config), ...asked, say, ask }))
      ? 0
      : 1;
  }
  console.error(USAGE);
  return values.help ? 0 : 2;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`believe-broker: ${sentenceOf(error)}`);
    process.exit(1);
  },
);
