/**
 * `npm run cost`: what a day at the edge uses of Cloudflare's plans and what a month of it costs, from counters of
 * the real Worker on this machine. `npm run cost -- page=100000 click=0` changes how often something happens in a
 * day; `--json` prints the numbers.
 */
import "./require-node.ts";
import { billOf, mostThatFits, tableOf } from "./cost/bill.ts";
import { added, type Day, DESIGN_DAY, dayOf, type EdgeEvent, EVENTS } from "./cost/day.ts";
import { measure } from "./cost/measure.ts";
import { PRICES_READ, type Use } from "./cost/plans.ts";

function dayFrom(words: readonly string[]): Day {
  const day: Record<string, number> = { ...DESIGN_DAY };
  for (const word of words) {
    const [, name = "", count = ""] = /^(\w+)=(\d{1,12})$/.exec(word) ?? [];
    if (!(name in day)) {
      const names = Object.keys(DESIGN_DAY).join(", ");
      console.error(`expected NAME=COUNT with one of ${names}, was ${word}`);
      process.exit(1);
    }
    day[name] = Number(count);
  }
  return { ...DESIGN_DAY, ...day };
}

function eachLine(event: EdgeEvent, use: Use, day: Day): string {
  const { requests, objectRequests, rowsWritten, kvWrites } = use;
  const numbers = [requests, objectRequests, rowsWritten, kvWrites].map((value) =>
    value.toFixed(2).padStart(9),
  );
  return `${event.padEnd(9)}${day[event].toLocaleString("en-US").padStart(8)} a day${numbers.join("")}`;
}

const args = process.argv.slice(2);
const day = dayFrom(args.filter((word) => !word.startsWith("--")));
const each = await measure();
const total = dayOf(each, day);
const bill = billOf(total);
const visit = added(each.page, each.socket);
const most = mostThatFits(dayOf(each, { ...day, page: 0, socket: 0 }), visit);

if (args.includes("--json")) {
  console.log(JSON.stringify({ day, each, total, bill, mostVisitsOnFree: most }));
} else {
  console.log("one of each, measured         requests  objects     rows       KV");
  for (const event of EVENTS) console.log(eachLine(event, each[event], day));
  console.log(`\n${tableOf(bill)}`);
  console.log(
    `with all else as above, ${most.toLocaleString("en-US")} visits a day fit the Free plan`,
  );
  console.log(
    `prices of developers.cloudflare.com, read ${PRICES_READ}; CPU time is not measured here`,
  );
}
process.exit(0);
