/** What the page and its Web Worker say to each other: plain data, nothing of it is markup. */

/** The checks in the order in which they are made and shown. */
export const STEPS = [
  "signature",
  "witnesses",
  "tree",
  "growth",
  "forks",
  "tiles",
  "lines",
] as const;
export type StepName = (typeof STEPS)[number];

export interface Witness {
  readonly name: string;
  readonly vkey: string;
  /** Whether the operator runs it. */
  readonly own: boolean;
}

/** What the page brings: names and keys as the edge printed them into it. */
export interface Facts {
  readonly brand: string;
  /** Where the log is served, without a slash at the end. */
  readonly url: string;
  readonly dashboard: string;
  readonly origin: string;
  readonly kind: "paper" | "live";
  readonly account: string;
  /** Verifier key of the journal, type 0x01: the one that the record began with. */
  readonly key: string;
  /** Verifier key of the operator, type 0x01, who may end a freeze; absent where there is none. */
  readonly operator?: string;
  /** Verifier keys of the witnesses, type 0x04, and what they are called. */
  readonly witnesses: readonly Witness[];
  /** How many of them the policy takes. */
  readonly needed: number;
}

/** A checkpoint that this browser checked at an earlier visit. */
export interface Seen {
  readonly size: number;
  /** Base64 of the root. */
  readonly root: string;
  readonly atMs: number;
}

export type StepState = "waiting" | "running" | "good" | "warn" | "bad" | "skipped";

export interface Step {
  readonly name: StepName;
  readonly state: StepState;
  readonly said: string;
  /** Time in this browser, null until the step ended. */
  readonly ms: number | null;
}

/** Kinds of what does not add up. Each has its sentence. */
export type FindingCode =
  | "signature"
  | "key"
  | "witness"
  | "smaller"
  | "rewritten"
  | "fork"
  | "entry"
  | "root"
  | "tile"
  | "line"
  | "closed"
  | "missing"
  | "overdue";

export interface Finding {
  readonly code: FindingCode;
  /** Where: "leaf 212, Tue 9 Jan 2024 11:12 CT", "tile/0/000". */
  readonly place: string;
  /** What was compared and how it differs. */
  readonly said: string;
  /** What the server sent and what should stand there, where two short values tell it. */
  readonly served?: string;
  readonly expected?: string;
}

/** How far a minute's leaf has come in this browser; `gap` is a minute without one, `overdue` one that had to be open. */
export type RunKind = "waiting" | "tree" | "checked" | "overdue" | "bad" | "gap";

/** A stretch of equal minutes, counted from 17:00 CT, [from, to). */
export interface Run {
  readonly kind: RunKind;
  readonly from: number;
  readonly to: number;
}

export interface Session {
  readonly tradeDate: string;
  readonly leaves: number;
  /** Leaves whose lines were recomputed. */
  readonly checked: number;
  readonly bad: number;
  /** Leaves that a live account had to open by now and did not. */
  readonly overdue: number;
  /** Minutes between leaves of this session that have none. */
  readonly missing: number;
  readonly runs: readonly Run[];
}

/** What a whole run came to. Every number is what this browser counted itself. */
export interface Sums {
  readonly size: number;
  /** Base64 of the signed root. */
  readonly root: string;
  readonly lines: number;
  /** Records of opened leaves that stay commitments. */
  readonly closed: number;
  readonly openedLeaves: number;
  /** Leaves after the newest opened one: not opened yet, and no finding. */
  readonly unopened: number;
  readonly missing: number;
  /** First and last minute, microseconds; null for an empty log. */
  readonly fromUs: number | null;
  readonly toUs: number | null;
  /** Known witnesses whose line under the checkpoint holds. */
  readonly cosigned: number;
}

export type StairState = "waiting" | "good" | "warn" | "bad";

export interface Stair {
  readonly title: string;
  readonly said: string;
  /** A hash, a line or a key, printed as it is. */
  readonly mono: string;
  readonly state: StairState;
}

/** The proof of one entry, and the file that repeats it anywhere. */
export interface EntryProof {
  readonly name: string;
  readonly stairs: readonly Stair[];
  readonly file: { readonly name: string; readonly text: string } | null;
}

export type ToWorker =
  | {
      readonly ask: "check";
      readonly facts: Facts;
      readonly seen: Seen | null;
      /** The key of an earlier visit where it is not the page's: then it must lead to the one in force. */
      readonly pinned: string | null;
    }
  | { readonly ask: "entry"; readonly facts: Facts; readonly seq: number }
  | { readonly ask: "file"; readonly facts: Facts; readonly name: string; readonly text: string };

export type FromWorker =
  | { readonly tell: "step"; readonly step: Step }
  | { readonly tell: "progress"; readonly done: number; readonly total: number }
  | { readonly tell: "sessions"; readonly sessions: readonly Session[] }
  | { readonly tell: "finding"; readonly finding: Finding }
  | { readonly tell: "done"; readonly sums: Sums | null }
  | { readonly tell: "offline"; readonly what: string }
  | { readonly tell: "entry"; readonly proof: EntryProof }
  | { readonly tell: "no-entry"; readonly said: string };
