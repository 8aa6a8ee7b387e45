import type { Bytes } from "@believe/shared/base";
import type { Witnessing } from "@believe/shared/wire";
import type {
  ActOutcome,
  AddOutcome,
  CosignaturesOutcome,
  Fork,
  PutOutcome,
  TileName,
  UnopenedHour,
} from "@believe/shared/wire/log";

/** What a PUT of an opening came to; the opened lines stay inside. */
export type OpeningAnswer =
  | { readonly kind: "opened" | "widened" | "same" }
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
  /** Leaves that are not opened, by the hour of their minute; the oldest first. */
  readonly unopened: readonly UnopenedHour[];
  /** Why no checkpoint is taken any more, null while all is well. */
  readonly frozen: string | null;
  /** How many forks were ever shown. */
  readonly forks: number;
}

/** What routes may ask of a log's object. */
export interface JournalRoom {
  addCheckpoint(body: string): Promise<AddOutcome>;
  putTile(name: TileName, bytes: Bytes): Promise<PutOutcome>;
  readTile(name: TileName): Promise<Bytes | null>;
  putOpening(leaf: number, body: Bytes): Promise<OpeningAnswer>;
  readOpening(leaf: number): Promise<string | null>;
  readDay(day: string, after: number): Promise<{ text: string; next: number | null }>;
  /** Cosignature lines of the policy's witnesses over the checkpoint of `size`, taken whole or not at all. */
  putCosignatures(size: number, body: Bytes): Promise<CosignaturesOutcome>;
  /** The newest checkpoint with every cosignature that is known of it, null before the first. */
  checkpoint(): Promise<string | null>;
  summary(): Promise<JournalSummary>;
  /** The operator's note that ends a freeze. */
  unfreeze(note: string): Promise<ActOutcome>;
  /** The note by which the log's key hands over to the next. */
  changeKey(note: string): Promise<ActOutcome>;
  forks(): Promise<readonly Fork[]>;
  keyChanges(): Promise<readonly string[]>;
  /** The key that signs checkpoints now. */
  vkey(): Promise<string>;
  witnessing(): Promise<Witnessing>;
}
