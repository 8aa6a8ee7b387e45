import type { TradePort } from "@believe/sim/sierra";
import { z } from "zod";

/**
 * Where a life of the study ends: when it has read a row like `row`, when it has taken one (its number kept, nothing
 * done), or around the write of one to its answers.
 */
export const studyDeath = z.strictObject({
  at: z.enum(["read", "taken", "before", "torn", "written"]),
  row: z.string(),
});
export type StudyDeath = z.infer<typeof studyDeath>;

const ENTRY = ",FILL,B-\\d+,";
const STOP = ",FILL,B-\\d+\\.S,";
const MOVED = ",MODIFY,B-\\d+\\.S,.*,STP,\\d+,\\r";

/** The command of an entry: the only one with an offset for a stop. */
const ENTERS = ",NEW,B-\\d+,.*,DAY,[\\d.]+,,[0-9a-f]{8}\r";

export const STUDY_DEATHS: readonly StudyDeath[] = [
  { at: "read", row: ",NEW," },
  { at: "before", row: ",ACK," },
  { at: "torn", row: ",ACK," },
  { at: "written", row: ",ACK," },
  { at: "before", row: ENTRY },
  { at: "torn", row: ENTRY },
  { at: "written", row: ENTRY },
  { at: "read", row: ",MODIFY," },
  { at: "before", row: MOVED },
  { at: "written", row: MOVED },
  { at: "before", row: STOP },
  { at: "written", row: STOP },
  { at: "read", row: ",CANCEL," },
  { at: "written", row: ",CANCEL," },
  { at: "torn", row: ",SYNC-BEGIN," },
  // The one that leaves an order in doubt: nobody can say what became of a command that was taken.
  { at: "taken", row: ENTERS },
];

/** Stands between the study and its files, and kills it where the plan says. */
export function deadly(plan: StudyDeath, die: () => void): (port: TradePort) => TradePort {
  const row = new RegExp(plan.row);
  let isRead = false;
  return (port) => ({
    ...port,
    readOrders(from) {
      const bytes = port.readOrders(from);
      const text = bytes?.toString("latin1") ?? "";
      isRead = row.test(text) && text.endsWith("\n");
      if (plan.at === "read" && isRead) die();
      return bytes;
    },
    saveState(text) {
      port.saveState(text);
      if (plan.at === "taken" && isRead) die();
    },
    appendFills(text) {
      const isSync = text.includes(",SYNC-BEGIN,") && !plan.row.includes("SYNC");
      const isHit = row.test(text) && !isSync;
      if (plan.at === "before" && isHit) die();
      if (plan.at === "torn" && isHit) {
        port.appendFills(text.slice(0, text.length / 2));
        die();
      }
      port.appendFills(text);
      if (plan.at === "written" && isHit) die();
    },
  });
}
