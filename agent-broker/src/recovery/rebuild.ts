import { nodeSha256 } from "@believe/host/keys";
import { parseLeafRow, type SealedLeaf } from "@believe/host/spool";
import { sameBytes, utf8 } from "@believe/shared/base";
import { Frontier, leafHash } from "@believe/shared/wire/log";
import { BrokerFailure } from "../failure.ts";
import type { Disk } from "./disk.ts";
import { bareLeaf, openedLeaf, recomputes } from "./leaf-source.ts";
import type { Others } from "./others.ts";

/** Appends what the door's replica has beyond our journal. Its overlap with ours must be the same bytes. */
export async function journalFrom({ wal }: Disk, { door, list }: Others): Promise<void> {
  if (door === null || list === null) return;
  // The last line that both hold shows whether they are one journal.
  const shared = Math.max(0, Math.min(wal.nextSeq, list.journal.next) - 1);
  for await (const { number, line } of door.lines(list, "journal", shared)) {
    if (number < wal.nextSeq) {
      const [own] = wal.records(number);
      if (own?.line === line) continue;
      throw new BrokerFailure(
        "record-differs",
        `expected record ${number} of this disk at the research door, was another: two journals cannot both be true, and a person has to look`,
      );
    }
    wal.adopt(line);
  }
  wal.sync();
}

/**
 * Appends the leaves up to `size`, and those that the door has beyond it. The texts are those that the signed root
 * covers; salts and ranges come from the door's rows, else from what the Worker has open, which also gives back lines
 * that nobody else has. From the first leaf that nobody can open any more the rest is kept bare.
 */
export async function leavesFrom(disk: Disk, others: Others, size: number): Promise<void> {
  const { wal, leaves } = disk;
  await linesOfSealed(disk, others);
  const rows = await rowsAtDoor(disk, others);
  const texts = await textsOf(disk, others, { size, rows });
  const rebuilt: SealedLeaf[] = [];
  let nextSeq = leaves.sealedSeq;
  let isWhole = true;
  for (const text of texts) {
    const index = leaves.size + rebuilt.length;
    const row: SealedLeaf | null = isWhole
      ? await rowOf({ index, text, nextSeq }, rows.get(index), disk, others)
      : null;
    isWhole = row !== null;
    rebuilt.push(row ?? bareLeaf(text, nextSeq));
    nextSeq += row?.count ?? 0;
  }
  // Leaves that were sealed and replicated, and not signed yet: the same bytes go out.
  for (let index = leaves.size + rebuilt.length; isWhole; index++) {
    const row = rows.get(index);
    if (row === undefined || row.firstSeq !== nextSeq || !recomputes(row, wal)) break;
    rebuilt.push(row);
    nextSeq += row.count;
  }
  if (rebuilt.length > 0) leaves.append(rebuilt);
}

interface Wanted {
  readonly index: number;
  readonly text: string;
  readonly nextSeq: number;
}

/** The row of a leaf that the journal recomputes, with lines taken from its opening where the journal lacks them. */
async function rowOf(
  { index, text, nextSeq }: Wanted,
  row: SealedLeaf | undefined,
  { wal }: Disk,
  { edge }: Others,
): Promise<SealedLeaf | null> {
  if (row?.text === text && row.firstSeq === nextSeq && recomputes(row, wal)) return row;
  const opening = await edge.opening(index);
  const opened = opening === null ? null : openedLeaf(opening, text);
  if (opened === null || (opened.firstSeq ?? nextSeq) !== nextSeq) return null;
  const { salt, lines, closed } = opened;
  const count = lines.length + closed;
  if (closed === 0) {
    for (const line of lines.slice(Math.max(0, wal.nextSeq - nextSeq))) wal.adopt(line);
    wal.sync();
  }
  const leaf = { ...bareLeaf(text, nextSeq), salt, count };
  return recomputes(leaf, wal) ? leaf : null;
}

/** Where our own leaves seal records that our journal lost, their openings give the lines back. */
async function linesOfSealed({ wal, leaves }: Disk, { edge }: Others): Promise<void> {
  if (leaves.sealedSeq <= wal.nextSeq) return;
  for (const { index, text, firstSeq, count } of leaves.read(0, leaves.size)) {
    if (firstSeq + count <= wal.nextSeq) continue;
    const opening = await edge.opening(index);
    const opened = opening === null ? null : openedLeaf(opening, text);
    if (opened === null || opened.closed > 0) return;
    for (const line of opened.lines.slice(wal.nextSeq - firstSeq)) wal.adopt(line);
    wal.sync();
  }
}

async function rowsAtDoor(
  { leaves }: Disk,
  { door, list }: Others,
): Promise<ReadonlyMap<number, SealedLeaf>> {
  const rows = new Map<number, SealedLeaf>();
  if (door === null || list === null) return rows;
  const { origin } = leaves;
  for await (const { number, line } of door.lines(list, "leaves", leaves.size)) {
    const row = parseLeafRow(line, origin);
    if (row !== null) rows.set(number, row);
  }
  return rows;
}

/** The texts of the leaves that we lack up to `size`: they must give the roots that were signed. */
async function textsOf(
  { leaves }: Disk,
  { edge, tips }: Others,
  wanted: { readonly size: number; readonly rows: ReadonlyMap<number, SealedLeaf> },
): Promise<string[]> {
  const served = tips.find(({ by }) => by === "the Worker")?.size ?? 0;
  const texts = served > leaves.size ? await edge.leafTexts(leaves.size, served) : [];
  for (let index = leaves.size + texts.length; index < wanted.size; index++) {
    const row = wanted.rows.get(index);
    if (row === undefined) break;
    texts.push(row.text);
  }
  const tree = Frontier.empty(nodeSha256);
  for (const { text } of leaves.read(0, leaves.size)) tree.append(leafHash(utf8(text), nodeSha256));
  for (const text of texts) {
    tree.append(leafHash(utf8(text), nodeSha256));
    for (const { size, root, by } of tips) {
      if (size !== tree.size || sameBytes(root, tree.root())) continue;
      throw new BrokerFailure(
        "cannot-recover",
        `expected leaves that give the root that ${by} has at size ${size}, was served others`,
      );
    }
  }
  return texts;
}
