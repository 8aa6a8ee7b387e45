import { utf8Text } from "@believe/shared/base";
import {
  type CheckedOpening,
  checkOpening,
  type Leaf,
  LogFailure,
  type LogSource,
  openingHeader,
  type VerifyTools,
} from "@believe/shared/wire/log";
import { VerifyFailure } from "./http-source.ts";

/** Longest day that is unpacked, in bytes. */
const DAY_BYTES_MAX = 256 * 1024 * 1024;
const HEAD = '{"v":1,"open":';

/** What became of one leaf's opening. */
export type OpenedLeaf =
  | { readonly kind: "matches"; readonly leaf: Leaf; readonly checked: CheckedOpening }
  | { readonly kind: "differs"; readonly leaf: Leaf; readonly said: string }
  | { readonly kind: "closed"; readonly leaf: Leaf };

function daysOf(leaves: readonly Leaf[]): Map<string, Leaf[]> {
  const days = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const day = leaf.minute.slice(0, 10);
    const known = days.get(day);
    if (known === undefined) days.set(day, [leaf]);
    else known.push(leaf);
  }
  return days;
}

/** The openings in the text of a day, by leaf. Two of one leaf are kept as one that cannot match. */
export function sectionsOf(text: string): Map<number, string> {
  const sections = new Map<number, string>();
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf(`\n${HEAD}`, at);
    const end = next < 0 ? text.length : next + 1;
    const section = text.slice(at, end);
    const leaf = openingHeader(section)?.leaf ?? -1;
    sections.set(leaf, (sections.get(leaf) ?? "") + section);
    at = end;
  }
  return sections;
}

/** A day's openings; null where none is served, text where the file itself is broken. */
async function daySections(
  source: LogSource,
  day: string,
  tools: VerifyTools,
): Promise<Map<number, string> | null | string> {
  const bytes = await source.get(`open/${day}.jsonl.gz`);
  if (bytes === null) return null;
  try {
    return sectionsOf(utf8Text(await tools.gunzip(bytes, DAY_BYTES_MAX)));
  } catch (cause) {
    if (cause instanceof VerifyFailure && cause.code === "unreachable") throw cause;
    return "expected a gzip file of lines, was other bytes";
  }
}

function openedLeaf(leaf: Leaf, section: string | undefined, tools: VerifyTools): OpenedLeaf {
  if (section === undefined) return { kind: "closed", leaf };
  try {
    return { kind: "matches", leaf, checked: checkOpening(section, leaf, tools.hash) };
  } catch (cause) {
    if (!(cause instanceof LogFailure)) throw cause;
    return { kind: "differs", leaf, said: cause.message };
  }
}

/** Recomputes every opened leaf from the day files, in leaf order; the next day is fetched meanwhile. */
export async function* openedLeaves(
  source: LogSource,
  leaves: readonly Leaf[],
  tools: VerifyTools,
): AsyncGenerator<OpenedLeaf> {
  const days = [...daysOf(leaves)];
  const load = (at: number) => {
    const day = days[at]?.[0];
    const loading = day === undefined ? Promise.resolve(null) : daySections(source, day, tools);
    // Its failure is thrown when its turn comes; until then nobody may call it unhandled.
    loading.catch(() => undefined);
    return loading;
  };
  let next = load(0);
  for (const [at, [, ofDay]] of days.entries()) {
    const sections = await next;
    next = load(at + 1);
    for (const leaf of ofDay) {
      if (typeof sections === "string") yield { kind: "differs", leaf, said: sections };
      else yield openedLeaf(leaf, sections?.get(leaf.index), tools);
    }
  }
}
