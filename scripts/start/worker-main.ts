import { readFileSync } from "node:fs";
import { join } from "node:path";
import { every } from "@believe/host/every";
import { loadSeed } from "@believe/host/keys";
import { base64 } from "@believe/shared/base";
import { Pulse } from "./pulse.ts";
import { startWorker } from "./worker.ts";

const PULSE_MS = 1_000;

/**
 * The Worker in a process of its own: wrangler ends its process at the first Ctrl-C, and the leaves that still
 * wait then have nowhere to go. Told by arguments: the state folder and the port.
 */
const [state = "", port = "0"] = process.argv.slice(2);
const worker = await startWorker({
  port: Number(port),
  persist: join(state, "worker"),
  estate: readFileSync(join(state, "estate.json"), "utf8"),
  witnessSeed: base64(loadSeed(join(state, "worker-witness.seed"))),
});
console.log(JSON.stringify({ event: "worker.ready", url: worker.url }));

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  await worker.stop();
  process.exit(0);
};
process.on("SIGTERM", stop);
// A start script that is gone can no longer ask.
process.on("disconnect", stop);

// Nobody tells when a workerd dies: without one this process is of no use, and the start script begins a new one.
const pulse = new Pulse(`${worker.url}/log/broker/vkey`);
every(PULSE_MS, async () => {
  if ((await pulse.beats()) || stopping) return;
  console.error("worker: expected an answer from workerd, was none");
  process.exit(1);
});
