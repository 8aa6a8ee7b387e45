import { type Bytes, sameBytes } from "@believe/shared/base";
import type { ActOutcome } from "./act-outcome.ts";
import type { KnownLog } from "./add-outcome.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { type KeyChange, readKeyChange } from "./key-change.ts";
import { EMPTY_MIRROR, type MirrorState, type MirrorStorage } from "./mirror-storage.ts";
import { parseNote, parseVkey } from "./note.ts";
import type { Unfreeze } from "./unfreeze.ts";

/** Which of a log's keys may sign, and what the operator decided about its forks. Nothing here waits. */
export class MirrorActs {
  readonly #log: KnownLog;
  readonly #storage: MirrorStorage;

  constructor(log: KnownLog, storage: MirrorStorage) {
    this.#log = log;
    this.#storage = storage;
  }

  /** The keys that sign checkpoints now: the first ones, or the one that the last change brought. */
  get vkeys(): readonly string[] {
    const newest = this.#storage.keyChanges().at(-1);
    return newest === undefined ? this.#log.vkeys : [readKeyChange(newest).newVkey];
  }

  /** Whether a key in force signed this stored note. */
  isCurrent(note: string): boolean {
    const keys = this.vkeys.map((vkey) => parseVkey(vkey).keyId);
    return parseNote(note).signatures.some(
      ({ name, keyId }) => name === this.#log.origin && keys.includes(keyId),
    );
  }

  /** Whether the operator declared this root void when he ended a freeze. It is no news, and freezes nothing again. */
  isVoid({ size, root }: Pick<Checkpoint, "size" | "root">): boolean {
    return this.#storage.forks().some(({ other, unfrozen }) => {
      const told = checkpointIn(other);
      return unfrozen !== null && told.size === size && sameBytes(told.root, root);
    });
  }

  /** Ends the freeze, if the note speaks of this very fork and of the checkpoint that is stored. */
  release(note: string, { size, root, otherRoot }: Unfreeze): ActOutcome {
    const state = this.#state;
    const forks = this.#storage.forks();
    const newest = forks.at(-1);
    if (state.frozen === null || newest === undefined) {
      return newest?.unfrozen === note ? { kind: "taken", changed: false } : conflict(state);
    }
    const isStored = size === state.size && sameBytes(root, state.root);
    const isSpent = forks.some(({ unfrozen }) => unfrozen === note);
    const isThisFork = otherRoot === null || sameBytes(otherRoot, checkpointIn(newest.other).root);
    // A note that ended an earlier freeze is public: sent again it must not end this one.
    if (!isStored || isSpent || !isThisFork) return conflict(state);
    this.#storage.transaction(() => {
      this.#storage.release(note);
      this.#storage.setState({ ...state, frozen: null });
    });
    return { kind: "taken", changed: true };
  }

  /** Puts the new key in force, if the old one is and the note names the stored checkpoint. */
  handOver(note: string, { size, root, oldVkey, newVkey }: KeyChange): ActOutcome {
    const state = this.#state;
    const notes = this.#storage.keyChanges();
    if (notes.includes(note)) return { kind: "taken", changed: false };
    const isStored = size === state.size && sameBytes(root, state.root);
    // Who holds the key of a frozen log is in doubt: first the operator speaks.
    if (state.frozen !== null || !isStored || !this.vkeys.includes(oldVkey)) return conflict(state);
    const used = [...this.#log.vkeys, ...notes.map((one) => readKeyChange(one).newVkey)];
    const ids = used.map((vkey) => parseVkey(vkey).keyId);
    if (ids.includes(parseVkey(newVkey).keyId)) {
      return { kind: "malformed", detail: "expected a new key, was one that the log had before" };
    }
    this.#storage.transaction(() => this.#storage.addKeyChange(note));
    return { kind: "taken", changed: true };
  }

  get #state(): MirrorState {
    return this.#storage.state() ?? EMPTY_MIRROR;
  }
}

/** The checkpoint of a note whose signature was checked before it was stored. */
function checkpointIn(note: string): { readonly size: number; readonly root: Bytes } {
  return parseCheckpoint(parseNote(note).text);
}

function conflict({ size, frozen }: MirrorState): ActOutcome {
  return { kind: "conflict", size, frozen };
}
