import { type Bytes, type Sha256, utf8 } from "@believe/shared/base";
import type { JournalRecord } from "@believe/shared/wire";
import {
  commitmentOf,
  type OpeningItem,
  openingRecords,
  openingText,
} from "@believe/shared/wire/log";
import { nodeSha256 } from "../keys/index.ts";
import type { SealedLeaf } from "../spool/index.ts";
import type { Wal } from "../wal/index.ts";

export interface OpeningSource {
  readonly origin: string;
  readonly wal: Pick<Wal, "records">;
  readonly opens: (record: JournalRecord) => boolean;
  readonly sha256: Sha256;
}

/** The text that opens one leaf: its lines, and commitments in place of what stays closed. */
export function openingOf(
  leaf: SealedLeaf & { readonly salt: Bytes },
  { origin, wal, opens, sha256 }: OpeningSource,
): string {
  const items: OpeningItem[] = [];
  const end = leaf.firstSeq + leaf.count;
  if (leaf.count > 0) {
    for (const { seq, line, record } of wal.records(leaf.firstSeq)) {
      items.push(opens(record) ? { line } : { seq, commitment: commitmentOf(utf8(line), sha256) });
      if (seq === end - 1) break;
    }
  }
  return openingText({ origin, leaf: leaf.index, minute: leaf.minute, salt: leaf.salt, items });
}

/** Whether a served opening shows every line that `text` opens. */
export function showsAll(served: Uint8Array, text: string): boolean {
  const shown = new Set(Buffer.from(served).toString("utf8").split("\n"));
  return openingRecords(text, nodeSha256).every(({ line }) => line === null || shown.has(line));
}
