import type { Bytes } from "@believe/shared/base";
import type { AddOutcome, PutOutcome, TileName } from "@believe/shared/wire/log";

/** What a PUT of an opening came to; the opened lines stay inside. */
export type OpeningAnswer =
  | { readonly kind: "opened" | "same" }
  | {
      readonly kind: "conflict" | "not-covered" | "malformed" | "refused";
      readonly detail: string;
    };

/** Sizes of a log after its last commit. */
export interface JournalSummary {
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly minute: string | null;
  /** Opened journal lines that recompute a covered leaf. */
  readonly records: number;
  readonly openedLeaves: number;
  /** Why no checkpoint is taken any more, null while all is well. */
  readonly frozen: string | null;
}

/** What routes may ask of a log's object. */
export interface JournalRoom {
  addCheckpoint(body: string): Promise<AddOutcome>;
  putTile(name: TileName, bytes: Bytes): Promise<PutOutcome>;
  readTile(name: TileName): Promise<Bytes | null>;
  putOpening(leaf: number, body: Bytes): Promise<OpeningAnswer>;
  readOpening(leaf: number): Promise<string | null>;
  readDay(day: string, after: number): Promise<{ text: string; next: number | null }>;
  /** The newest checkpoint with our cosignature, null before the first. */
  checkpoint(): Promise<string | null>;
  summary(): Promise<JournalSummary>;
}
