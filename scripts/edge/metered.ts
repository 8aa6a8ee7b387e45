import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../paths.ts";
import { BrokerAtEdge } from "./broker-at-edge.ts";

const counters = z.strictObject({
  requests: z.int(),
  objectRequests: z.int(),
  rowsWritten: z.int(),
  kvReads: z.int(),
  kvWrites: z.int(),
});
export type Counters = z.infer<typeof counters>;

/** A broker before a Worker that counts what the platform bills. */
export interface MeteredEdge {
  readonly broker: BrokerAtEdge;
  /** What `act` used. */
  used(act: () => Promise<unknown>): Promise<Counters>;
  stop(): Promise<void>;
}

export async function startMetered(): Promise<MeteredEdge> {
  const folder = mkdtempSync(join(tmpdir(), "believe-metered-"));
  const entrypoint = join(folder, "entry.mjs");
  // The runtime wants a default export, which the house has in one place only.
  const metered = JSON.stringify(join(ROOT, "worker/test/metered-worker.ts"));
  writeFileSync(
    entrypoint,
    `export { ClickDO, JournalDO, LiveDO, metered as default } from ${metered};\n`,
  );
  const broker = await BrokerAtEdge.start({ entrypoint, isWitnessed: true });
  const read = async (): Promise<Counters> =>
    counters.parse(await (await fetch(`${broker.worker.url}/metered`)).json());
  return {
    broker,
    used: async (act) => {
      const before = await read();
      await act();
      const after = await read();
      return {
        requests: after.requests - before.requests,
        objectRequests: after.objectRequests - before.objectRequests,
        rowsWritten: after.rowsWritten - before.rowsWritten,
        kvReads: after.kvReads - before.kvReads,
        kvWrites: after.kvWrites - before.kvWrites,
      };
    },
    stop: async () => {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
