import { utf8Text } from "@believe/shared/base";
import type { LogSource } from "@believe/shared/wire/log";

/** First journal number of an opening and how many records it holds. Nothing of it is checked yet. */
interface Held {
  readonly text: string;
  readonly first: number;
  readonly count: number;
}

function heldIn(text: string): Held {
  const lines = text.slice(0, -1).split("\n").slice(1);
  const first = Number(/"seq":(\d{1,15})/.exec(lines[0] ?? "")?.[1] ?? -1);
  return { text, first, count: lines.length };
}

/** The opening that holds a journal number, by bisection over the leaves: some twenty requests in a year of leaves. */
export async function findSeq(
  source: LogSource,
  size: number,
  seq: number,
): Promise<{ readonly leaf: number; readonly text: string } | null> {
  const held = async (leaf: number): Promise<Held | null> => {
    const bytes = await source.get(`open/${leaf}`);
    return bytes === null ? null : heldIn(utf8Text(bytes));
  };
  let low = 0;
  let high = size - 1;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    let at = middle;
    let one = await held(at);
    // An empty minute says nothing of numbers: the next minute that holds some decides.
    while (one !== null && one.count === 0 && at < high) one = await held(++at);
    // What is not opened yet lies at the end of the log.
    if (one === null || one.count === 0 || seq < one.first) high = middle - 1;
    else if (seq >= one.first + one.count) low = at + 1;
    else return { leaf: at, text: one.text };
  }
  return null;
}
