import { type Command, consoleState } from "@believe/shared/wire";
import type { BrokerConfig } from "../config.ts";
import { deskLines, stoppedDesk } from "../desk/index.ts";
import { BrokerFailure } from "../failure.ts";
import { KillLatch, killFileOf } from "../latch/index.ts";
import { isHeld } from "../requests/held.ts";
import type { Answer } from "../requests/kinds.ts";
import { RequestFolder } from "../requests/request-folder.ts";

const ANSWER_MS = 30_000;

export interface HandCommandOptions {
  readonly config: BrokerConfig;
  readonly wish: Command | "show";
  readonly json: boolean;
}

/**
 * Asks the agent that runs; where none does, only the kill switch and the look work, from the disk. Answers with the
 * lines to print. Throws `BrokerFailure` for a refusal.
 */
export async function handCommand({ config, wish, json }: HandCommandOptions): Promise<string[]> {
  if (wish === "show") return await shown(config, json);
  const latch = new KillLatch(killFileOf(config));
  // The file stops every send by itself: neither a damaged journal nor an agent that hangs may keep it from being set.
  if (wish.kind === "kill") latch.set(wish.reason, wish.flatten);
  if (isHeld(config)) {
    const asked = { kind: "command", body: wish } as const;
    return [saidBy(await new RequestFolder(config.state).ask(asked, ANSWER_MS))];
  }
  switch (wish.kind) {
    case "kill":
      return ["killed by file; no agent runs: its next start journals that before anything else"];
    case "unkill":
      latch.release(wish.reason);
      return ["the kill file is gone; no agent runs: its next start journals the release"];
    default:
      throw new BrokerFailure(
        "refused",
        `expected an agent that runs for ${wish.kind}, was none: only kill, unkill and status work without`,
      );
  }
}

async function shown(config: BrokerConfig, json: boolean): Promise<string[]> {
  const state = isHeld(config)
    ? consoleState.parse(
        JSON.parse(
          saidBy(await new RequestFolder(config.state).ask({ kind: "show", body: {} }, ANSWER_MS)),
        ),
      )
    : stoppedDesk(config);
  return json ? [JSON.stringify(state)] : deskLines(state);
}

function saidBy(answer: Answer): string {
  if (answer.kind === "refused") throw new BrokerFailure("refused", answer.said);
  return answer.said;
}
