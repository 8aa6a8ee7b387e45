import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { type Bytes, base64, fromBase64, utf8 } from "@believe/shared/base";
import { hashBase64 } from "@believe/shared/wire";
import { emptyRoot } from "@believe/shared/wire/log";
import { z } from "zod";
import { ResearchFailure } from "../failure.ts";
import { LeafHashes } from "./leaf-hashes.ts";

/** The last checkpoint that was seen and checked, with the compact tree that the next one must extend. */
export interface FollowState {
  readonly size: number;
  readonly hashes: readonly Bytes[];
  /** Root at `size`, base64. */
  readonly root: string;
  /** The signed note itself, null before the first. */
  readonly note: string | null;
  /** False from the first alarm on, until a person clears the state. */
  readonly consistent: boolean;
  readonly checkedAtUs: number | null;
  /** The log's key changes that were verified, in order. */
  readonly keyChanges: readonly string[];
}

const stored = z.strictObject({
  size: z.int().nonnegative(),
  hashes: z.array(hashBase64),
  root: hashBase64,
  note: z.string().nullable(),
  consistent: z.boolean(),
  checkedAtUs: z.int().nonnegative().nullable(),
  // An earlier release wrote none.
  keyChanges: z.array(z.string()).default([]),
});

/** Keeps `FollowState` in one file, replaced whole: a witness that forgets could be rolled back. */
export class FollowStore {
  readonly #file: string;
  /** Beside it: the leaf hashes, which give the root at any size. */
  readonly leaves: LeafHashes;

  constructor(file: string) {
    this.#file = file;
    this.leaves = new LeafHashes(`${file}.leaves`);
  }

  load(): FollowState {
    if (!existsSync(this.#file)) {
      return {
        size: 0,
        hashes: [],
        root: base64(emptyRoot),
        note: null,
        consistent: true,
        checkedAtUs: null,
        keyChanges: [],
      };
    }
    let parsed: z.infer<typeof stored>;
    try {
      parsed = stored.parse(JSON.parse(readFileSync(this.#file, "utf8")));
    } catch (cause) {
      throw new ResearchFailure(
        "corrupt-state",
        `expected the last followed checkpoint in ${this.#file}, was something else`,
        { cause },
      );
    }
    return { ...parsed, hashes: parsed.hashes.map((hash) => fromBase64(hash)) };
  }

  save(state: FollowState): void {
    const text = JSON.stringify({ ...state, hashes: state.hashes.map((hash) => base64(hash)) });
    const part = `${this.#file}.part`;
    const handle = openSync(part, "w");
    try {
      writeSync(handle, utf8(`${text}\n`));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(part, this.#file);
  }
}
