import { parseArgs } from "node:util";
import { makeLog, sentenceOf } from "@believe/host/log";
import { BrokerAgent } from "./agent.ts";
import { readBrokerConfig } from "./config.ts";
import { KEYS_USAGE, keysCommand } from "./keys/keys-command.ts";
import { REDACT_USAGE, redactCommand, redactionOf } from "./requests/redact-command.ts";

const USAGE = `believe-broker: the broker tier's agent

  believe-broker run --config FILE      trade, journal and push until it is stopped
${KEYS_USAGE}
${REDACT_USAGE}`;

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

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: "string" },
      seq: { type: "string" },
      reason: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (positionals[0] === "run" && values.config !== undefined) {
    await run(values.config);
    return 0;
  }
  if (positionals[0] === "keys" && values.config !== undefined) {
    const config = readBrokerConfig(values.config);
    const words = positionals.slice(1);
    const shown = await keysCommand({ words, config, log: makeLog("broker") });
    for (const key of shown ?? []) console.log(JSON.stringify(key));
    if (shown !== null) return 0;
  }
  const { config: file, seq, reason } = values;
  const isRedaction = positionals.join(" ") === "redact" && file !== undefined;
  if (isRedaction && seq !== undefined && reason !== undefined) {
    const body = redactionOf(seq, reason);
    const config = readBrokerConfig(file);
    console.log(await redactCommand({ config, body, log: makeLog("broker") }));
    return 0;
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
