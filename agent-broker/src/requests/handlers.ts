import type { Pusher } from "@believe/host/push";
import type { TimeUs } from "@believe/shared/base";
import type { BrokerConfig } from "../config.ts";
import type { DeskWindow } from "../desk/index.ts";
import type { Recovered } from "../recover.ts";
import { done, type RequestHandlers, refused } from "./kinds.ts";
import { reachedOf } from "./reached.ts";
import { redact } from "./redact.ts";

export interface HandlersOptions {
  readonly config: BrokerConfig;
  readonly recovered: Pick<Recovered, "journal" | "wal">;
  readonly pusher: Pick<Pusher, "queue">;
  readonly window: DeskWindow;
  readonly wallUs: () => TimeUs;
}

/** What a person on this machine may ask of the agent that holds the journal. */
export function requestHandlers(options: HandlersOptions): RequestHandlers {
  const { config, recovered, pusher, window, wallUs } = options;
  const { journal, wal } = recovered;
  const { queue } = pusher;
  const ports = {
    wal,
    queue,
    reachedUs: () => reachedOf(config, queue.dueUs, wallUs()),
    journal: (draft: Parameters<typeof journal.append>[0]) => {
      journal.append(draft);
      journal.sync();
    },
  };
  return {
    redact: (body) => redact(body, ports),
    command: async (act) => {
      const { ok, said } = window.ask(act);
      return ok ? done(said) : refused(said);
    },
    show: async () => done(JSON.stringify(window.state())),
  };
}
