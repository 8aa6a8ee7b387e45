import type { LeafLog } from "@believe/host/spool";
import type { Wal } from "@believe/host/wal";

/** The record on this disk, open for a rebuild. */
export interface Disk {
  readonly wal: Wal;
  readonly leaves: LeafLog;
}
