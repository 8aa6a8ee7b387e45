import { timeUs } from "@believe/shared/base";
import { SierraStudy, TradingChart } from "@believe/sim/sierra";
import { ACCOUNT, studyOrders, type Truth } from "./orders.ts";
import { deadly } from "./study-death.ts";
import { swingingTape as tape } from "./swinging-tape.ts";

/** The real study, killed by its own hand; asked to stop, it says what its venue has. */
const { folder, startWallUs, speed, death, forgets } = studyOrders.parse(
  JSON.parse(process.argv[2] ?? ""),
);
const die = (): void => {
  process.kill(process.pid, "SIGKILL");
};
const wallUs = () => timeUs(Date.now() * 1_000);
const runId = `R${process.pid}`;
const chart = new TradingChart({
  folder,
  tape,
  account: ACCOUNT.name,
  runId,
  loadMs: 50,
  wallUs,
  through: (port) => {
    const kept = forgets ? { ...port, loadState: () => "0 0\n" } : port;
    return death === null ? kept : deadly(death, die)(kept);
  },
});
if (forgets) forgetTags(chart);
const study = new SierraStudy({
  folder,
  tape,
  speed,
  startWallUs,
  runId,
  onRow: (row) => chart.onRow(row),
});
setInterval(() => chart.call(study.isCaughtUp), 5);
study.start();

process.once("SIGTERM", () => {
  study.stop();
  const { orders, fills, position } = chart.venue;
  const truth: Truth = {
    position,
    fills: fills.map(({ exec }) => exec),
    orders: orders.map(({ tag, state, qty, filled, parent }) => ({
      tag: tag ?? "",
      state,
      qty,
      filled,
      parent: parent?.tag ?? null,
    })),
  };
  console.log(JSON.stringify(truth));
  process.exit(0);
});
console.log("up");

/** A Sierra that does not find an order by its tag when it is asked for the first time. */
function forgetTags({ venue }: TradingChart): void {
  const tagged = venue.tagged.bind(venue);
  const asked = new Set<string>();
  venue.tagged = (tag) => {
    if (asked.has(tag)) return tagged(tag);
    asked.add(tag);
    return [];
  };
}
