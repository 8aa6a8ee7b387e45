import { ascendingIds } from "./ascending-ids.ts";
import { bookIsExecutions } from "./book-is-executions.ts";
import { bookIsTruth } from "./book-is-truth.ts";
import type { Check } from "./check.ts";
import { childrenFit } from "./children-fit.ts";
import { foreignUntouched } from "./foreign-untouched.ts";
import { journalFirst } from "./journal-first.ts";
import { killHolds } from "./kill-holds.ts";
import { oneOrder } from "./one-order.ts";
import { protectedPosition } from "./protected.ts";

export type { Check, Scene } from "./check.ts";

/** Every checker, fresh for one world. */
export function allChecks(): Check[] {
  return [
    journalFirst(),
    oneOrder(),
    ascendingIds(),
    bookIsExecutions(),
    bookIsTruth(),
    foreignUntouched(),
    childrenFit(),
    killHolds(),
    protectedPosition(),
  ];
}
