import type { AgentName, Body, Click, LiveSnapshot, Witnessing } from "@believe/shared/wire";

/** Verdict over a numbered message: an older or repeated number never replaces a newer one. */
export type Taken = { readonly taken: true } | { readonly taken: false; readonly newest: number };

/** Public state of a log after a commit. `minute` is the newest leaf's, `opened` counts checked journal lines. */
export interface LogState {
  readonly size: number;
  readonly root: string | null;
  readonly minute: string | null;
  readonly opened: number;
  /** UTC hours, counted since 1970, with a leaf that is not opened. Without counts: those change with every opening. */
  readonly unopenedHours: readonly number[];
}

/** The open records of one leaf, checked against it: as little of them as the live state is made of. */
export interface LeafLines {
  readonly leaf: number;
  /** Numbers of its open records, ascending. */
  readonly seqs: readonly number[];
  /** Their commitments in the same order, 32 bytes each. */
  readonly commitments: Uint8Array;
  /** The newest fills among them. */
  readonly fills: readonly { readonly seq: number; readonly body: Body<"fill"> }[];
}

/** What other rooms may ask of the live object. */
export interface LiveRoom {
  fetch(request: Request): Promise<Response>;
  /** Takes an agent's verified status note; `n` and `lapsesAtUs` are the parsed message's. */
  status(message: {
    readonly agent: AgentName;
    readonly note: string;
    readonly n: number;
    readonly lapsesAtUs: number;
  }): Promise<Taken>;
  figures(message: { readonly note: string; readonly n: number }): Promise<Taken>;
  /** Journal lines of a paper account ahead of their leaf; each is a parsed record's exact text. */
  pending(lines: readonly string[]): Promise<void>;
  log(state: LogState, witnessing?: Witnessing): Promise<void>;
  /** A leaf was opened, or opened wider: then with all of its open records once more. */
  opened(lines: LeafLines): Promise<void>;
  forked(detail: string): Promise<void>;
  /** The operator ended the freeze: no fork is an alarm any more. */
  unfrozen(): Promise<void>;
  snapshot(): Promise<LiveSnapshot>;
}

export interface ClickRoom {
  count(day: string, clicks: readonly Click[]): Promise<void>;
}
