import {
  checkForks,
  type FollowedKeys,
  forkText,
  knownKeys,
  LogFailure,
  type LogSource,
  operatorName,
  type RebuiltLog,
  readForks,
  readState,
  type VerifyTools,
} from "@believe/shared/wire/log";
import { counted, countText } from "../../ui/number.ts";
import type { Facts, Finding, Step } from "../protocol.ts";

/** What the forks of a log came to. */
export interface ForkVerdict extends Pick<Step, "state" | "said"> {
  readonly finding: Finding | null;
}

function bad(place: string, said: string): ForkVerdict {
  return { state: "bad", said: place, finding: { code: "fork", place, said } };
}

/**
 * Asks for the forks that the mirror keeps, and checks the evidence and the operator's word on each. A frozen log, or a
 * fork without that word, is a finding; one that was unfrozen is told and holds nothing up.
 */
export async function checkedForks(
  facts: Facts,
  log: { readonly followed: FollowedKeys; readonly tree: RebuiltLog["tree"] },
  { source, tools }: { readonly source: LogSource; readonly tools: VerifyTools },
): Promise<ForkVerdict> {
  const { origin, key, operator } = facts;
  const { changes, inForce } = log.followed;
  try {
    const served = await readForks(source);
    const state = await readState(source);
    if (state !== null && state.frozen !== null) {
      const open = served?.forks.findLast(({ unfrozen }) => unfrozen === null);
      const which = open === undefined ? "" : `: ${forkText(open, "forks")}`;
      return bad("state", `The edge froze the log: ${state.frozen}${which}.`);
    }
    const kept = served?.forks.length ?? 0;
    if (kept < (state?.forks ?? 0))
      return bad("forks", "A fork that the edge counts is not served.");
    const forks =
      served === null
        ? []
        : await checkForks(served, {
            origin,
            vkeys: [...changes.map(({ oldVkey }) => oldVkey), inForce ?? key],
            operator: operatorKey(origin, operator),
            tree: log.tree,
            hash: tools.hash,
            verify: tools.verify,
          });
    const newest = forks.at(-1);
    if (newest === undefined) return { state: "good", said: "no fork was seen", finding: null };
    const { size, reason } = newest.unfreeze;
    const word = newest.isChecked ? "" : "; the operator’s key is not known here";
    const said = `${counted(kept, "fork")}; unfrozen at ${countText(size)} leaves: ${reason}${word}`;
    return { state: "warn", said, finding: null };
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    return bad(String(cause.facts["place"] ?? "forks"), cause.message);
  }
}

/** The operator's key as the page brings it, null where it brings none that is one. */
function operatorKey(origin: string, vkey: string | undefined): string | null {
  if (vkey === undefined) return null;
  return knownKeys([vkey]).notes.find(({ name }) => name === operatorName(origin))?.vkey ?? null;
}
