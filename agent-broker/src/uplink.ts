import { SignedClient } from "@believe/host/http";
import type { Log } from "@believe/host/log";
import { Pusher } from "@believe/host/push";
import type { TimeUs } from "@believe/shared/base";
import type { BrokerConfig } from "./config.ts";
import type { KeyChangeLog } from "./keys/key-change-log.ts";
import { KeyChangePost } from "./keys/key-change-post.ts";
import type { AgentKeys } from "./keys/key-folder.ts";
import { opens } from "./opening-records.ts";
import type { Recovered } from "./recover.ts";
import type { ClockWatch } from "./watch/clock-watch.ts";
import { witnessPosts } from "./witness-posts.ts";

/** The way to the Worker: requests signed by us, and the log that is pushed through them. */
export interface Uplink {
  readonly client: SignedClient;
  readonly pusher: Pusher;
}

export interface UplinkOptions {
  readonly config: BrokerConfig;
  readonly keys: AgentKeys;
  readonly keyChanges: KeyChangeLog;
  readonly recovered: Recovered;
  /** Hears the Worker's clock. */
  readonly workerClock: ClockWatch;
  readonly log: Log;
  readonly wallUs: () => TimeUs;
}

export function openUplink(options: UplinkOptions): Uplink {
  const { config, keys, keyChanges, recovered, workerClock, log, wallUs } = options;
  const { name: keyId, sign } = keys.request;
  const client = new SignedClient({
    baseUrl: config.worker.url,
    keyId,
    sign,
    onAnswer: (answer) => workerClock.onAnswer(answer),
  });
  const door = config.door && new SignedClient({ baseUrl: config.door.url, keyId, sign });
  const post = new KeyChangePost({ changes: keyChanges, worker: client, door: door ?? null, log });
  const pusher = new Pusher({
    spool: recovered.spool,
    wal: recovered.wal,
    client,
    signer: keys.journal,
    opens: opens(config.account.kind),
    earlierKeys: keyChanges.changes.map(({ oldVkey }) => oldVkey),
    before: () => post.send(),
    wallUs,
    leavesPerSecond: config.push.leavesPerSecond,
    ...(config.worker.witness === undefined ? {} : { witness: config.worker.witness }),
    witnesses: witnessPosts(config, keys.request),
    onFrozen: (why) => (why === null ? log.info("push.unfrozen") : log.error("push.frozen", why)),
    onLasting: (failure) => log.error("push.ended", failure),
  });
  return { client, pusher };
}
