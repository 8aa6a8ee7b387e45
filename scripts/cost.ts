/**
 * `npm run cost`: what a day at the edge uses of Cloudflare's plans and what a month of it costs, from counters of
 * the real Worker on this machine. `npm run cost -- visit=100000 click=0` changes how often something happens in a
 * day; `--json` prints the numbers.
 */
import "./require-node.ts";
import { buildPages } from "@believe/pages/build";
import { billOf, mostThatFits, tableOf } from "./cost/bill.ts";
import {
  type Day,
  DESIGN_DAY,
  dayOf,
  type EdgeEvent,
  EVENTS,
  type Part,
  partsOf,
} from "./cost/day.ts";
import { measure } from "./cost/measure.ts";
import { PRICES, PRICES_READ, type Use } from "./cost/plans.ts";

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

const SHOWN = ["requests", "objectRequests", "rowsWritten", "kvWrites"] as const;

/** One cause: how often, what one of it uses, and its share of what Free has a day. */
function partLine({ name, perDay, use }: Part, each: Use | null): string {
  const one = SHOWN.map((meter) => (each === null ? "" : each[meter].toFixed(2)).padStart(9));
  const shares = SHOWN.map((meter) =>
    `${((100 * use[meter]) / PRICES[meter].freePerDay).toFixed(1)} %`.padStart(9),
  );
  const count = Math.round(perDay).toLocaleString("en-US").padStart(8);
  return `${name.padEnd(9)}${count} a day${one.join("")}   ${shares.join("")}`;
}

const isEvent = (name: string): name is EdgeEvent => EVENTS.some((event) => event === name);

const args = process.argv.slice(2);
const day = dayFrom(args.filter((word) => !word.startsWith("--")));
// The Worker serves what is built.
await buildPages();
const each = await measure();
const total = dayOf(each, day);
const bill = billOf(total);
const most = {
  visits: mostThatFits(dayOf(each, { ...day, visit: 0 }), each.visit),
  clicks: mostThatFits(dayOf(each, { ...day, click: 0 }), each.click),
};

if (args.includes("--json")) {
  console.log(JSON.stringify({ day, each, total, bill, mostOnFree: most }));
} else {
  const heads = ["requests", "objects", "rows", "KV"].map((word) => word.padStart(9)).join("");
  console.log(`${"".padEnd(23)}${heads}   ${heads}`);
  console.log(`${"one of each, measured".padEnd(62)}its share of the Free plan's day`);
  for (const part of partsOf(each, day)) {
    console.log(partLine(part, isEvent(part.name) ? each[part.name] : null));
  }
  console.log(`\n${tableOf(bill)}`);
  const [visits, clicks] = [most.visits, most.clicks].map((count) => count.toLocaleString("en-US"));
  console.log(`the Free plan has room for ${visits} visits a day, or for ${clicks} click reports,`);
  console.log("with all else as above");
  console.log(
    `prices of developers.cloudflare.com, read ${PRICES_READ}; CPU time is not measured here`,
  );
}
process.exit(0);
