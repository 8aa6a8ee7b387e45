import { type Witnessing, witnessWords } from "@believe/shared/wire";
import { countText } from "../ui/number.ts";
import { ctMinute } from "../ui/time.ts";
import type { LiveView } from "./view.ts";

/** A leaf comes every minute and is cosigned within seconds: past this, a leaf without its quorum is news. */
export const UNWITNESSED_AFTER_US = 90_000_000;

/** Since when the newest leaves lack their quorum, µs; null while nobody has to know. */
export function unwitnessedSinceUs(view: Pick<LiveView, "witnessing" | "nowUs">): number | null {
  const sinceUs = view.witnessing?.sinceUs ?? null;
  return sinceUs !== null && view.nowUs - sinceUs > UNWITNESSED_AFTER_US ? sinceUs : null;
}

/** How many witnesses cosigned something newer than the quorum did. */
function answering({ size, witnesses }: Witnessing): number {
  return witnesses.filter((witness) => witness.size > size).length;
}

/** The state of the witnesses as one line. */
export function witnessSays(view: Pick<LiveView, "witnessing" | "nowUs">): string {
  const { witnessing } = view;
  if (witnessing === null) return "No checkpoint yet";
  const sinceUs = unwitnessedSinceUs(view);
  if (sinceUs === null) return `Size ${countText(witnessing.size)}, ${witnessWords(witnessing)}`;
  const { needed, witnesses } = witnessing;
  const of = `${answering(witnessing)} of ${witnesses.length} witnesses`;
  return `Unwitnessed since ${ctMinute(sinceUs)} CT: ${of} cosigned since, ${needed} are needed`;
}

/** What the witnesses leave unproven, null when somebody outside the operator's hands is needed or may vouch. */
export function witnessLimit(witnessing: Witnessing | null): string | null {
  if (witnessing === null)
    return "Nobody witnesses this log yet: two people could be shown two logs.";
  if (witnessing.witnesses.some(({ own }) => !own)) return null;
  return `The log is ${witnessWords(witnessing)}: two people could still be shown two logs.`;
}
