import type { ServedRecord } from "./served-record.ts";

/** What is done to a mirrored copy (with the visitor's `keys.txt` and `old-checkpoint` in it), and where it must show. */
export interface Tampering {
  readonly says: string;
  readonly place: string;
  readonly act: (folder: string, record: ServedRecord) => void | Promise<void>;
}
