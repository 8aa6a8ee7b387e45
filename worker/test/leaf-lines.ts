import { utf8 } from "@believe/shared/base";
import { parseRecord } from "@believe/shared/wire";
import { commitmentOf } from "@believe/shared/wire/log";
import { leafLines } from "../src/objects/live-journal.ts";
import type { LeafLines } from "../src/objects/rooms.ts";

/** What the live object is told when these lines of a leaf are open. */
export function opened(leaf: number, lines: readonly string[]): LeafLines {
  const records = lines.map((line) => parseRecord(line));
  return leafLines(leaf, { records, commitments: lines.map((line) => commitmentOf(utf8(line))) });
}
