import { existsSync, readFileSync } from "node:fs";
import { replaceFile } from "@believe/host/disk";
import { type Bytes, base64, fromBase64 } from "@believe/shared/base";
import { hashBase64 } from "@believe/shared/wire";
import { emptyRoot } from "@believe/shared/wire/log";
import { z } from "zod";
import { ResearchFailure } from "../failure.ts";

/** The newest checkpoint that this witness cosigned. */
export interface WitnessState {
  readonly size: number;
  readonly root: Bytes;
  /** Text of that checkpoint and our line on it, null before the first. */
  readonly text: string | null;
  readonly line: string | null;
  /** Why nothing is cosigned any more, null while all is well. Only the operator's note ends it. */
  readonly frozen: string | null;
  /** Notes that its log signed and that contradict what was cosigned or followed. */
  readonly evidence: readonly string[];
  /** The operator's notes on this log: those that ended a freeze here, and those that came without one. */
  readonly unfreezes: readonly { readonly note: string; readonly released: boolean }[];
  /** Checkpoints that the operator declared void: never cosigned, and no news that would freeze again. */
  readonly voids: readonly { readonly size: number; readonly root: string }[];
  /** Key-change notes in order. */
  readonly keyChanges: readonly string[];
}

const stored = z.strictObject({
  v: z.literal(1),
  size: z.int().nonnegative(),
  root: hashBase64,
  text: z.string().nullable(),
  line: z.string().nullable(),
  frozen: z.string().nullable(),
  evidence: z.array(z.string()),
  // An earlier release wrote none of these.
  unfreezes: z.array(z.strictObject({ note: z.string(), released: z.boolean() })).default([]),
  voids: z.array(z.strictObject({ size: z.int().nonnegative(), root: hashBase64 })).default([]),
  keyChanges: z.array(z.string()).default([]),
});

const NOTHING: WitnessState = {
  size: 0,
  root: emptyRoot,
  text: null,
  line: null,
  frozen: null,
  evidence: [],
  unfreezes: [],
  voids: [],
  keyChanges: [],
};

/** Keeps what was cosigned in one file, synced and replaced whole: a witness that forgets could be rolled back. */
export class WitnessStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** What was cosigned last; a file that is no such state is refused, never overwritten. */
  load(): WitnessState {
    if (!existsSync(this.#file)) return NOTHING;
    try {
      const { v: _v, root, ...rest } = stored.parse(JSON.parse(readFileSync(this.#file, "utf8")));
      return { ...rest, root: fromBase64(root) };
    } catch (cause) {
      throw new ResearchFailure(
        "corrupt-state",
        `expected the last cosigned checkpoint in ${this.#file}, was something else`,
        { cause },
      );
    }
  }

  /** Returns once the state is on the disk. */
  save(state: WitnessState): void {
    const value: z.infer<typeof stored> = {
      v: 1,
      ...state,
      root: base64(state.root),
      evidence: [...state.evidence],
      unfreezes: [...state.unfreezes],
      voids: [...state.voids],
      keyChanges: [...state.keyChanges],
    };
    replaceFile(this.#file, `${JSON.stringify(value)}\n`);
  }
}
