import { BrokerAgent, readBrokerConfig } from "@believe/agent-broker";
import { agentDeath, isHit } from "./agent-death.ts";

/** The real broker agent, killed by its own hand at a step of a bracket. Told by arguments: its file, and the death. */
const [configFile = "", plan] = process.argv.slice(2);
const death = plan === undefined ? null : agentDeath.parse(JSON.parse(plan));

const agent = await BrokerAgent.open(readBrokerConfig(configFile), {
  probe: (point, drafts) => {
    if (death === null || point !== death.point) return;
    if (drafts.some((draft) => isHit(death, draft))) process.kill(process.pid, "SIGKILL");
  },
});
await agent.start();
process.once("SIGTERM", () => {
  agent.stop("asked").then((summary) => {
    console.log(JSON.stringify(summary));
    process.exit(0);
  });
});
