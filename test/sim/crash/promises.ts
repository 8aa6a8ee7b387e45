import { nodeSha256 } from "@believe/host/keys";
import { ProgressFile } from "@believe/host/push";
import { encodeLeafRow, type Spool } from "@believe/host/spool";
import type { Wal } from "@believe/host/wal";
import { type Disk, fromBase64, sameBytes, utf8 } from "@believe/shared/base";
import { commitmentOf, parseLeaf, saltedRoot } from "@believe/shared/wire/log";

/** What the broker machine has promised to anybody: after any power failure all of it must still be there. */
export class Promises {
  /** Lines whose sync returned, by seq. */
  readonly lines: string[] = [];
  /** Rows of leaves that were offered, by index. */
  readonly leaves: string[] = [];
  /** The largest checkpoint that left the machine. */
  signed: { readonly size: number; readonly root: string } | null = null;

  /** What a start must find. Returns what it did not. */
  missing(disk: Disk, wal: Wal, spool: Spool): string[] {
    const lines = [...wal.records()].map(({ line }) => line);
    const rows = [...spool.leaves()].map(encodeLeafRow);
    const lost = [
      ...differing("line", this.lines, lines),
      ...differing("leaf", this.leaves, rows),
      ...this.#progress(disk, spool),
      ...brokenLaws(lines, spool),
    ];
    this.lines.splice(0, this.lines.length, ...lines);
    this.leaves.splice(0, this.leaves.length, ...rows);
    return lost;
  }

  #progress(disk: Disk, spool: Spool): string[] {
    if (this.signed === null) return [];
    const progress = ProgressFile.read(`${spool.folder}/push.json`, disk);
    const { size, root } = this.signed;
    if (progress.signedSize < size) return [`forgot that size ${size} was signed`];
    return progress.agrees(size, fromBase64(root)) ? [] : [`remembers another root at ${size}`];
  }
}

function differing(what: string, promised: readonly string[], found: readonly string[]): string[] {
  const at = promised.findIndex((text, i) => text !== found[i]);
  return at === -1 ? [] : [`lost ${what} ${at}`];
}

/** Laws of the record that hold at every moment: dense, nothing doubled, each leaf seals its lines. */
function brokenLaws(lines: readonly string[], spool: Spool): string[] {
  const reasons = lines.map((line) => /"reason":"([^"]+)"/.exec(line)?.[1]);
  const broken: string[] = [];
  if (new Set(reasons).size !== lines.length) broken.push("a line stands twice");
  lines.forEach((line, seq) => {
    if (!line.startsWith(`{"v":1,"seq":${seq},`)) broken.push(`line ${seq} has another number`);
  });
  for (const { index, salt, firstSeq, count, text } of spool.leaves()) {
    const own = lines.slice(firstSeq, firstSeq + count);
    const commitments = own.map((line) => commitmentOf(utf8(line), nodeSha256));
    const root = saltedRoot(salt ?? new Uint8Array(0), commitments, nodeSha256);
    if (!sameBytes(root, parseLeaf(utf8(text)).root)) broken.push(`leaf ${index} seals others`);
  }
  return broken;
}
