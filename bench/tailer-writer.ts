import { appendFileSync } from "node:fs";
import { isoUs, timeUs } from "@believe/shared/base";

/**
 * The writer of the tailer bench, a process of its own: appends rows as a study would, in one write every
 * 5 ms, each row stamped just before it is written. Prints how many rows it wrote as its last act.
 */
const [path = "", rate = "60000", seconds = "5"] = process.argv.slice(2);
const BATCH_MS = 5;
const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

appendFileSync(
  path,
  "run_id,seq,ts_utc,type,price,volume,bid,bid_size,ask,ask_size,total_bid_depth,total_ask_depth,unbundled\r\n",
);
const startMs = performance.now();
let written = 0;

function batch(): void {
  const passedMs = performance.now() - startMs;
  const due = Math.floor((Math.min(passedMs, Number(seconds) * 1000) / 1000) * Number(rate));
  let text = "";
  while (written < due) {
    written++;
    const stamp = isoUs(timeUs(nowUs()));
    const price = (4800 + (written % 40) * 0.25).toFixed(2);
    text += `bench,${written},${stamp},${written % 2 ? "ASK" : "BID"},${price},${1 + (written % 9)},4800.00,12,4800.25,15,410,398,0\r\n`;
  }
  if (text !== "") appendFileSync(path, text);
  if (passedMs < Number(seconds) * 1000) setTimeout(batch, BATCH_MS);
  else process.stdout.write(`${JSON.stringify({ written })}\n`);
}

batch();
