import { ascendingIds } from "./ascending-ids.ts";
import { bookIsExecutions } from "./book-is-executions.ts";
import { bookIsTruth } from "./book-is-truth.ts";
import { cancelEnds } from "./cancel-ends.ts";
import type { Check } from "./check.ts";
import { childrenFit } from "./children-fit.ts";
import { clockForward } from "./clock-forward.ts";
import { endedAbsorbs } from "./ended-absorbs.ts";
import { fillCounts } from "./fill-counts.ts";
import { foreignUntouched } from "./foreign-untouched.ts";
import { guardsFirst } from "./guards-first.ts";
import { journalFirst } from "./journal-first.ts";
import { journalIsAll } from "./journal-is-all.ts";
import { killHolds } from "./kill-holds.ts";
import { moveWorking } from "./move-working.ts";
import { noLateOrder } from "./no-late-order.ts";
import { oneAgent } from "./one-agent.ts";
import { oneOrder } from "./one-order.ts";
import { orderOfWords } from "./order-of-words.ts";
import { overfillAlarms } from "./overfill-alarms.ts";
import { protectedPosition } from "./protected.ts";
import { readyFirst } from "./ready-first.ts";
import { reconcileFirst } from "./reconcile-first.ts";
import { silenceEnds } from "./silence-ends.ts";
import { unknownStays } from "./unknown-stays.ts";

export type { Check, Scene } from "./check.ts";

/** Every checker, fresh for one world, by the number of its invariant. */
export function allChecks(): Check[] {
  return [
    journalFirst(),
    oneOrder(),
    readyFirst(),
    noLateOrder(),
    ascendingIds(),
    unknownStays(),
    bookIsExecutions(),
    endedAbsorbs(),
    fillCounts(),
    orderOfWords(),
    bookIsTruth(),
    foreignUntouched(),
    childrenFit(),
    overfillAlarms(),
    cancelEnds(),
    moveWorking(),
    guardsFirst(),
    killHolds(),
    reconcileFirst(),
    silenceEnds(),
    clockForward(),
    oneAgent(),
    journalIsAll(),
    protectedPosition(),
  ];
}
