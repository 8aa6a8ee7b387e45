import { nodeDisk, readText, replaceFile } from "@believe/host/disk";
import { type Bytes, base64, type Disk, fromBase64 } from "@believe/shared/base";
import { hashBase64 } from "@believe/shared/wire";
import { emptyRoot } from "@believe/shared/wire/log";
import { z } from "zod";
import { ResearchFailure } from "../failure.ts";
import type { Doubt } from "./doubts.ts";
import { LeafHashes } from "./leaf-hashes.ts";

/** The last checkpoint that was seen and checked, with the compact tree that the next one must extend. */
export interface FollowState {
  readonly size: number;
  readonly hashes: readonly Bytes[];
  /** Root at `size`, base64. */
  readonly root: string;
  /** The signed note itself, null before the first. */
  readonly note: string | null;
  /** False from the first alarm on, until the operator ended every doubt, or a person clears the state. */
  readonly consistent: boolean;
  /** What was an alarm; none while it is consistent. */
  readonly doubts: readonly Doubt[];
  readonly checkedAtUs: number | null;
  /** The log's key changes that were verified, in order. */
  readonly keyChanges: readonly string[];
}

/** An alarm of an earlier release, which did not say what it was. */
const UNTOLD: readonly Doubt[] = [{ root: null }];
const stored = z.strictObject({
  size: z.int().nonnegative(),
  hashes: z.array(hashBase64),
  root: hashBase64,
  note: z.string().nullable(),
  consistent: z.boolean(),
  doubts: z.array(z.strictObject({ root: hashBase64.nullable() })).default([]),
  checkedAtUs: z.int().nonnegative().nullable(),
  // An earlier release wrote none.
  keyChanges: z.array(z.string()).default([]),
});

/** Keeps `FollowState` in one file, replaced whole: a witness that forgets could be rolled back. */
export class FollowStore {
  readonly #file: string;
  readonly #disk: Disk;
  /** Beside it: the leaf hashes, which give the root at any size. */
  readonly leaves: LeafHashes;

  constructor(file: string, disk: Disk = nodeDisk) {
    this.#file = file;
    this.#disk = disk;
    this.leaves = new LeafHashes(`${file}.leaves`, disk);
  }

  load(): FollowState {
    const text = readText(this.#disk, this.#file);
    if (text === null) {
      return {
        size: 0,
        hashes: [],
        root: base64(emptyRoot),
        note: null,
        consistent: true,
        doubts: [],
        checkedAtUs: null,
        keyChanges: [],
      };
    }
    let parsed: z.infer<typeof stored>;
    try {
      parsed = stored.parse(JSON.parse(text));
    } catch (cause) {
      throw new ResearchFailure(
        "corrupt-state",
        `expected the last followed checkpoint in ${this.#file}, was something else`,
        { cause },
      );
    }
    const { consistent } = parsed;
    const doubts = !consistent && parsed.doubts.length === 0 ? UNTOLD : parsed.doubts;
    return { ...parsed, doubts, hashes: parsed.hashes.map((hash) => fromBase64(hash)) };
  }

  save(state: FollowState): void {
    const text = JSON.stringify({ ...state, hashes: state.hashes.map((hash) => base64(hash)) });
    replaceFile(this.#file, `${text}\n`, this.#disk);
  }
}
