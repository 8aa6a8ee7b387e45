import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { nodeSha256 } from "@believe/host/keys";
import { type PartSeries, ReplicaFailure } from "@believe/host/replica";
import { parseLeafRow, type SealedLeaf } from "@believe/host/spool";
import { type Bytes, sameBytes, utf8 } from "@believe/shared/base";
import { commitmentOf, parseLeaf, saltedRoot } from "@believe/shared/wire/log";
import type { ResearchConfig } from "../config.ts";
import { ResearchFailure } from "../failure.ts";
import { PartShelf } from "./part-shelf.ts";
import { PARTS } from "./replica.ts";

/** What was rebuilt: records, leaves, and how many leaves the records recompute (bare ones cannot be). */
export interface Rebuilt {
  readonly records: number;
  readonly leaves: number;
  readonly recomputed: number;
}

/**
 * Writes `journal-000000.jsonl` and `leaves.jsonl` into an empty folder, from the parts that the broker left here.
 * Every line is checked for its number, every leaf against the lines that it seals.
 */
export async function rebuildJournal(
  { state, origin, keys }: Pick<ResearchConfig, "state" | "origin" | "keys">,
  out: string,
): Promise<Rebuilt> {
  const folder = join(state, "replica", PARTS);
  if (!existsSync(folder)) {
    throw new ResearchFailure(
      "bad-arguments",
      `expected parts of a journal in ${folder}, was none`,
    );
  }
  mkdirSync(out, { recursive: true });
  if (readdirSync(out).length > 0) {
    throw new ResearchFailure("bad-arguments", `expected an empty folder ${out}, was a full one`);
  }
  const shelf = new PartShelf({ folder, origin, vkeys: [keys.brokerRequest] });
  await shelf.open("reader");
  const commitments: Bytes[] = [];
  const records = copy(shelf, "journal", join(out, "journal-000000.jsonl"), (line) => {
    commitments.push(commitmentOf(utf8(line), nodeSha256));
  });
  let recomputed = 0;
  const leaves = copy(shelf, "leaves", join(out, "leaves.jsonl"), (line) => {
    const leaf = parseLeafRow(line, origin);
    if (leaf === null || leaf.salt === null) return;
    expectLeaf(leaf, leaf.salt, commitments);
    recomputed += 1;
  });
  return { records, leaves, recomputed };
}

function expectLeaf(leaf: SealedLeaf, salt: Bytes, commitments: readonly Bytes[]): void {
  const end = leaf.firstSeq + leaf.count;
  const root = saltedRoot(salt, commitments.slice(leaf.firstSeq, end), nodeSha256);
  if (end <= commitments.length && sameBytes(root, parseLeaf(utf8(leaf.text)).root)) return;
  throw new ResearchFailure(
    "bad-segment",
    `expected records ${leaf.firstSeq} to ${end - 1} that recompute leaf ${leaf.index}, was others`,
  );
}

function copy(
  shelf: PartShelf,
  series: PartSeries,
  file: string,
  see: (line: string) => void,
): number {
  const handle = openSync(file, "wx");
  let count = 0;
  try {
    for (const { lines } of shelf.read(series)) {
      writeSync(handle, lines.map((line) => `${line}\n`).join(""));
      for (const line of lines) see(line);
      count += lines.length;
    }
    fsyncSync(handle);
    return count;
  } catch (failure) {
    if (!(failure instanceof ReplicaFailure)) throw failure;
    throw new ResearchFailure("bad-segment", failure.message, { cause: failure });
  } finally {
    closeSync(handle);
  }
}
