import { parentPort, workerData } from "node:worker_threads";
import { campaign } from "../../sim/world/index.ts";

parentPort?.postMessage(await campaign(workerData));
