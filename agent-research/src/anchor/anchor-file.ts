import { sameBytes, type Verify } from "@believe/shared/base";
import { LogFailure, openWithPolicy, type Policy } from "@believe/shared/wire/log";
import { ResearchFailure } from "../failure.ts";
import type { GitFolder } from "./git.ts";

const DAY_FILE = /^\d{4}-\d\d-\d\d$/;

/** What may be anchored: a note that verifies, and how many of the policy's witnesses cosigned it. */
export interface Anchored {
  readonly note: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly cosigners: readonly string[];
}

/** Name of the folder of a log: its origin, with dashes where a path would have slashes. */
export function anchorFolder(origin: string): string {
  const name = origin.replaceAll(/[^A-Za-z0-9.-]/g, "-").replace(/^\.+/, "");
  if (name !== "") return name;
  throw new ResearchFailure("bad-arguments", "expected an origin that can name a folder");
}

/** Verifies a note under the policy; `where` names it in the refusal. */
export async function openAnchored(
  note: string,
  where: string,
  { policy, verify }: { readonly policy: Policy; readonly verify: Verify },
): Promise<Anchored> {
  try {
    const { checkpoint, cosigners } = await openWithPolicy(policy, note, verify);
    const names = cosigners.map(({ name }) => name);
    return { note, size: checkpoint.size, root: checkpoint.root, cosigners: names };
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    throw new ResearchFailure("anchor-refused", `in ${where}: ${cause.message}`, { cause });
  }
}

/** The newest day's file that is committed under `place`, null where there is none; refuses one after `day`. */
export async function newestAnchor(
  git: GitFolder,
  place: string,
  day: string,
): Promise<{ readonly day: string; readonly note: string } | null> {
  if (!(await git.answers("rev-parse", "--verify", "--quiet", "HEAD"))) return null;
  const paths = await git.run("ls-tree", "--name-only", "HEAD", "--", `${place}/`);
  const names = paths.split("\n").map((path) => path.slice(place.length + 1));
  const newest = names
    .filter((name) => DAY_FILE.test(name))
    .sort()
    .at(-1);
  if (newest === undefined) return null;
  if (newest > day) {
    throw new ResearchFailure(
      "anchor-refused",
      `expected no anchor after ${day}, was one of ${newest}: is this machine's clock right?`,
    );
  }
  const note = await git.run("cat-file", "blob", `HEAD:${place}/${newest}`);
  return { day: newest, note: `${note}\n` };
}

/** Refuses what would take back an anchor: a smaller log, or another root at its size. */
export function mustFollow(before: Anchored, now: Anchored, where: string): void {
  if (now.size < before.size) {
    throw new ResearchFailure(
      "anchor-refused",
      `expected at least the ${before.size} leaves of ${where}, was ${now.size}`,
    );
  }
  if (
    now.size === before.size &&
    !sameBytes(new Uint8Array(now.root), new Uint8Array(before.root))
  ) {
    throw new ResearchFailure(
      "anchor-refused",
      `expected the root of ${where} at size ${now.size}, was another: the log was forked`,
    );
  }
}
