import { existsSync } from "node:fs";
import type { Log } from "@believe/host/log";
import type { TimeUs } from "@believe/shared/base";
import type { BrokerConfig } from "../config.ts";
import { BrokerFailure } from "../failure.ts";
import { reconcile } from "../recovery/reconcile.ts";
import { finishKeyChange } from "./journal-key.ts";
import { KeyChangeLog } from "./key-change-log.ts";
import { keysOf, purposes, seedFile } from "./key-folder.ts";

export interface CurrentDiskOptions {
  readonly config: BrokerConfig;
  readonly wallUs: () => TimeUs;
  readonly log: Pick<Log, "warn">;
}

/** A line on a disk that went back would take a number that was given already: it is rebuilt first. */
export async function expectCurrentDisk({
  config,
  wallUs,
  log,
}: CurrentDiskOptions): Promise<void> {
  finishKeyChange(config, await KeyChangeLog.read(config));
  for (const purpose of purposes) {
    const file = seedFile(config, purpose);
    if (existsSync(file)) continue;
    throw new BrokerFailure(
      "bad-arguments",
      `expected a ${purpose} key in ${file}, was none: make it with believe-broker keys init`,
    );
  }
  await reconcile({ config, keys: keysOf(config), wallUs, log });
}
