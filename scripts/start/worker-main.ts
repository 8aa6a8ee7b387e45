import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSeed } from "@believe/host/keys";
import { base64 } from "@believe/shared/base";
import { startWorker } from "./worker.ts";

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
