import { BrokerAgent, readBrokerConfig } from "@believe/agent-broker";
import { isHit, killPlan } from "./kill-plan.ts";

/**
 * The real broker agent, killed by its own hand the instant that its loop stands where the plan says:
 * from outside no signal can be aimed between two lines. Without a plan it runs until it is asked to stop.
 */
const [configFile, plan] = process.argv.slice(2);
if (configFile === undefined) throw new Error("expected a configuration file");
const kill = plan === undefined ? null : killPlan.parse(JSON.parse(plan));
let left = kill?.nth ?? 0;

const agent = await BrokerAgent.open(readBrokerConfig(configFile), {
  probe: (point, drafts) => {
    if (kill === null || point !== kill.point || !drafts.some((draft) => isHit(kill.on, draft)))
      return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, "SIGKILL");
  },
});
await agent.start();
process.once("SIGTERM", () => {
  agent.stop("asked").then((summary) => {
    console.log(JSON.stringify(summary));
    process.exit(0);
  });
});
