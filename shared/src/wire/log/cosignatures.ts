import { type Bytes, BytesFailure, utf8Text, type Verify } from "@believe/shared/base";
import type { Witnessing } from "@believe/shared/wire";
import { openCosignature } from "./cosignature.ts";
import { LogFailure } from "./failure.ts";
import { type NoteSignature, parseNote, parseSignatureLine } from "./note.ts";
import { cosignersNeeded, type Policy, type PolicyWitness, quorumReached } from "./policy.ts";

/** Longest body of cosignature lines that is looked at, in bytes. */
export const COSIGNATURES_BYTES_MAX = 8 * 1024;
const LINES_MAX = 32;
/** Checkpoints beyond the newest witnessed one that still take cosignatures; the oldest are forgotten first. */
export const CHECKPOINTS_WAITING = 64;
/** A cosignature may be ahead of our clock by this much. */
const AHEAD_US = 300_000_000;

/** A checkpoint that the mirror covered, with every cosignature that is known of it. */
export interface CosignedCheckpoint {
  readonly size: number;
  /** Wall time of its commit. */
  readonly atUs: number;
  /** The note as its log signed it. */
  readonly note: string;
  /** Cosignature lines, each with its line feed. */
  readonly lines: string;
}

/** What is kept of the witnesses: one value, replaced whole. */
export interface CosignatureState {
  /** The newest checkpoint with a quorum. */
  readonly witnessed: CosignedCheckpoint | null;
  /** Larger ones without, ascending. */
  readonly waiting: readonly CosignedCheckpoint[];
  /** Wall time since which the log is longer than what is witnessed. */
  readonly sinceUs: number | null;
  /** What each witness cosigned last, by its key's name. */
  readonly seen: readonly { readonly name: string; readonly size: number; readonly atUs: number }[];
}

export const NO_COSIGNATURES: CosignatureState = {
  witnessed: null,
  waiting: [],
  sinceUs: null,
  seen: [],
};

/** Synchronous storage of one log's cosignatures. */
export interface CosignatureStorage {
  cosignatures(): CosignatureState;
  setCosignatures(state: CosignatureState): void;
}

/** What a PUT of cosignatures came to. Nothing is stored unless every line is good. */
export type CosignaturesOutcome =
  | { readonly kind: "stored" | "same" }
  | {
      readonly kind: "malformed" | "not-covered" | "unknown-witness" | "refused";
      readonly detail: string;
    };

export interface CosignatureLine extends NoteSignature {
  /** The line with its line feed. */
  readonly line: string;
}

/** Parses a body of cosignature lines: at least one, each whole, nothing beside them. */
export function parseCosignatureLines(body: string): CosignatureLine[] {
  const lines = body.endsWith("\n") ? body.slice(0, -1).split("\n") : [];
  if (lines.length === 0 || lines.length > LINES_MAX) {
    throw new LogFailure("malformed", `expected 1 to ${LINES_MAX} signature lines, was other text`);
  }
  return lines.map((line) => ({ ...parseSignatureLine(line), line: `${line}\n` }));
}

interface Checked {
  readonly witness: PolicyWitness;
  readonly line: string;
  readonly atUs: number;
}

/**
 * The cosignatures of a mirrored log, free of any platform. A line is stored only if it verifies, over a checkpoint
 * that the mirror covered, under a witness key of the policy.
 */
export class CosignatureShelf {
  readonly #policy: Policy;
  readonly #storage: CosignatureStorage;
  readonly #verify: Verify;

  constructor(options: {
    readonly policy: Policy;
    readonly storage: CosignatureStorage;
    readonly verify: Verify;
  }) {
    this.#policy = options.policy;
    this.#storage = options.storage;
    this.#verify = options.verify;
  }

  /** Takes a checkpoint that the mirror just covered, with the mirror's own line, which it need not verify. */
  covered(checkpoint: CosignedCheckpoint): void {
    const state = this.#storage.cosignatures();
    const newest = state.waiting.at(-1) ?? state.witnessed;
    if (newest !== null && checkpoint.size <= newest.size) return;
    const own = this.#known(parseCosignatureLines(checkpoint.lines)).map(({ key }) => key.name);
    this.#settle({
      ...state,
      waiting: [...state.waiting, checkpoint].slice(-CHECKPOINTS_WAITING),
      sinceUs: state.sinceUs ?? checkpoint.atUs,
      seen: seenWith(state.seen, own, checkpoint.size, checkpoint.atUs),
    });
  }

  /** Takes cosignature lines over the checkpoint of `size`, all of them or none. */
  async put(size: number, body: Bytes, nowUs: number): Promise<CosignaturesOutcome> {
    const held = this.#held(size);
    let lines: CosignatureLine[];
    try {
      lines = parseCosignatureLines(utf8Text(body));
    } catch (cause) {
      if (!(cause instanceof LogFailure || cause instanceof BytesFailure)) throw cause;
      return { kind: "malformed", detail: cause.message };
    }
    if (held === null) return notCovered(size);
    const checked: Checked[] = [];
    for (const line of lines) {
      const witness = this.#witnessOf(line);
      if (witness === null) {
        return { kind: "unknown-witness", detail: "expected lines of witnesses of the policy" };
      }
      const atUs = await this.#timeOf(held, line.line, witness);
      if (atUs === null || atUs > nowUs + AHEAD_US) {
        return { kind: "refused", detail: `expected a cosignature of ${size} by ${line.name}` };
      }
      checked.push({ witness, line: line.line, atUs });
    }
    return this.#take(size, checked);
  }

  /** Every cosignature line that is known of the checkpoint of `size`, null where none is kept. */
  linesAt(size: number): string | null {
    return this.#held(size)?.lines ?? null;
  }

  /** What the public may know. `isOwn` says whether a key's name is one of the operator's. */
  witnessing(isOwn: (name: string) => boolean): Witnessing {
    const { witnessed, sinceUs, seen } = this.#storage.cosignatures();
    return {
      size: witnessed?.size ?? 0,
      sinceUs,
      needed: cosignersNeeded(this.#policy),
      witnesses: this.#policy.witnesses.map(({ key: { name } }) => {
        const last = seen.find((one) => one.name === name);
        return { name, own: isOwn(name), size: last?.size ?? 0, atUs: last?.atUs ?? null };
      }),
    };
  }

  /** Looks again after the verifying, during which another request may have changed what is kept. */
  #take(size: number, checked: readonly Checked[]): CosignaturesOutcome {
    const held = this.#held(size);
    if (held === null) return notCovered(size);
    const there = new Set(this.#known(parseCosignatureLines(held.lines)).map(({ name }) => name));
    const fresh: Checked[] = [];
    for (const one of checked) {
      if (there.has(one.witness.name)) continue;
      there.add(one.witness.name);
      fresh.push(one);
    }
    if (fresh.length === 0) return { kind: "same" };
    const grown = { ...held, lines: held.lines + fresh.map(({ line }) => line).join("") };
    const state = this.#storage.cosignatures();
    const put = (one: CosignedCheckpoint): CosignedCheckpoint => (one.size === size ? grown : one);
    let { seen } = state;
    for (const { witness, atUs } of fresh) seen = seenWith(seen, [witness.key.name], size, atUs);
    this.#settle({
      ...state,
      witnessed: state.witnessed === null ? null : put(state.witnessed),
      waiting: state.waiting.map(put),
      seen,
    });
    return { kind: "stored" };
  }

  /** Moves the newest checkpoint that has its quorum to `witnessed`, forgets those before it, and saves. */
  #settle(state: CosignatureState): void {
    const { waiting } = state;
    const at = waiting.findLastIndex(({ lines }) => {
      const known = this.#known(parseCosignatureLines(lines));
      return quorumReached(this.#policy, new Set(known.map(({ name }) => name)));
    });
    const left = waiting.slice(at + 1);
    const settled =
      at < 0
        ? state
        : {
            ...state,
            witnessed: waiting[at] ?? null,
            waiting: left,
            sinceUs: left[0]?.atUs ?? null,
          };
    this.#storage.setCosignatures(settled);
  }

  #held(size: number): CosignedCheckpoint | null {
    const { witnessed, waiting } = this.#storage.cosignatures();
    if (witnessed?.size === size) return witnessed;
    return waiting.find((one) => one.size === size) ?? null;
  }

  #witnessOf({ name, keyId }: NoteSignature): PolicyWitness | null {
    const { witnesses } = this.#policy;
    return witnesses.find(({ key }) => key.name === name && key.keyId === keyId) ?? null;
  }

  #known(lines: readonly CosignatureLine[]): PolicyWitness[] {
    return lines.flatMap((line) => this.#witnessOf(line) ?? []);
  }

  /** Time of a line that verifies, µs; null for one that does not. */
  async #timeOf(
    { note }: CosignedCheckpoint,
    line: string,
    { vkey }: PolicyWitness,
  ): Promise<number | null> {
    const { text } = parseNote(note);
    try {
      // Over the text alone: a line in the note itself must not speak for this one.
      const opened = await openCosignature(`${text}\n${line}`, vkey, this.#verify);
      return opened.timestampSeconds * 1_000_000;
    } catch (cause) {
      if (cause instanceof LogFailure) return null;
      throw cause;
    }
  }
}

function notCovered(size: number): CosignaturesOutcome {
  return { kind: "not-covered", detail: `expected a recent checkpoint, was of size ${size}` };
}

function seenWith(
  seen: CosignatureState["seen"],
  names: readonly string[],
  size: number,
  atUs: number,
): CosignatureState["seen"] {
  const rest = seen.filter((one) => !names.includes(one.name) || one.size > size);
  const isBehind = (name: string): boolean => rest.every((one) => one.name !== name);
  return [...rest, ...names.filter(isBehind).map((name) => ({ name, size, atUs }))];
}
