import { hex, invariant, type Sha256, sameBytes, sha256 } from "@believe/shared/base";
import {
  type AddOutcome,
  type KnownLog,
  openAddCheckpoint,
  type TrustedAdd,
} from "./add-outcome.ts";
import { type Advance, advanceOf } from "./advance.ts";
import {
  EMPTY_MIRROR,
  type MirrorBlobs,
  type MirrorState,
  type MirrorStorage,
  type Slot,
} from "./mirror-storage.ts";
import { verifyConsistency } from "./proof.ts";
import type { TileName } from "./tile.ts";

export interface MirrorPorts {
  readonly storage: MirrorStorage;
  readonly blobs: MirrorBlobs;
  /** Our cosignature line over a checkpoint's text, with the time of now. */
  readonly cosign: (checkpointText: string) => Promise<string>;
  readonly hash?: Sha256;
}

/** How often a commit starts over because a PUT changed what it had read. */
const COMMIT_TRIES = 3;

/**
 * The witness half of a mirror: the compare-and-swap of C2SP tlog-witness over a log whose bundles it holds.
 * The root is recomputed from the entries; bundles and tiles that are full are put into the blob store, then one
 * transaction moves the log from the old checkpoint to the new one. Nothing is written when any check fails.
 *
 * Two signed checkpoints of one size with different roots freeze the log: both notes are kept, and this and every
 * later add answers 409 with the stored size.
 */
export class CheckpointMirror {
  readonly #log: KnownLog;
  readonly #ports: MirrorPorts;
  readonly #hash: Sha256;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(log: KnownLog, ports: MirrorPorts) {
    this.#log = log;
    this.#ports = ports;
    this.#hash = ports.hash ?? sha256;
  }

  get state(): MirrorState {
    return this.#ports.storage.state() ?? EMPTY_MIRROR;
  }

  /** C2SP `add-checkpoint`. Requests are taken in turn. */
  async addCheckpoint(body: string): Promise<AddOutcome> {
    const add = await openAddCheckpoint(body, this.#log);
    if (add.kind !== "trusted") return add;
    const answer = this.#turn.then(() => this.#take(add));
    // The next request waits for this one however it ends; its caller gets the error.
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #take(add: TrustedAdd): Promise<AddOutcome> {
    const { state } = this;
    const { size, root } = add.checkpoint;
    if (state.frozen !== null) return conflict(state, false);
    if (size === state.size && !sameBytes(root, state.root)) return this.#freeze(state, add);
    if (add.oldSize !== state.size) return conflict(state, false);
    const proven = verifyConsistency(
      {
        oldSize: state.size,
        oldRoot: state.root,
        newSize: size,
        newRoot: root,
        proof: add.proof,
      },
      this.#hash,
    );
    if (!proven) {
      return { kind: "unprovable", detail: "expected a consistency proof, was one that fails" };
    }
    return size === state.size ? this.#again(state, add) : this.#advance(add);
  }

  /** The newest checkpoint once more: the same answer, and nothing to write but the first one of an empty log. */
  async #again(state: MirrorState, add: TrustedAdd): Promise<AddOutcome> {
    const { checkpoint } = add;
    const stored = state.note?.startsWith(`${add.text}\n`) ? state.cosignature : null;
    if (stored !== null) return { kind: "cosigned", lines: stored, checkpoint, advanced: false };
    const lines = await this.#ports.cosign(add.text);
    const advanced = state.note === null;
    if (advanced) this.#ports.storage.setState({ ...state, note: add.note, cosignature: lines });
    return { kind: "cosigned", lines, checkpoint, advanced };
  }

  #freeze(state: MirrorState, add: TrustedAdd): AddOutcome {
    const { storage } = this.#ports;
    const frozen = `two checkpoints of size ${state.size} were signed with different roots`;
    const forked = { ...state, frozen };
    storage.transaction(() => {
      storage.addEvidence({ size: state.size, cosigned: state.note, other: add.note });
      storage.setState(forked);
    });
    return conflict(forked, true);
  }

  async #advance(add: TrustedAdd): Promise<AddOutcome> {
    const { storage, blobs, cosign } = this.#ports;
    const { checkpoint } = add;
    for (let tries = 0; tries < COMMIT_TRIES; tries++) {
      const { state } = this;
      if (state.frozen !== null || state.size !== add.oldSize) return conflict(state, false);
      const advance = advanceOf({ storage, state, hash: this.#hash }, checkpoint, add.note);
      if ("missing" in advance) return { kind: "unprovable", detail: advance.missing };
      const lines = await cosign(add.text);
      // Blobs first: a later commit names them instead of their rows; unnamed ones are harmless.
      for (const { bytes } of advance.full) await blobs.put(hex(this.#hash(bytes)), bytes);
      if (this.#commit(state, advance, lines)) {
        return { kind: "cosigned", lines, checkpoint, advanced: true };
      }
    }
    return conflict(this.state, false);
  }

  /** The swap: one transaction, only if log and slots are still what the advance was computed from. */
  #commit(before: MirrorState, advance: Advance, cosignature: string): boolean {
    const { storage } = this.#ports;
    return storage.transaction(() => {
      const now = this.state;
      if (now.size !== before.size || now.frozen !== null) return false;
      if (!advance.read.every(({ name, slot }) => sameSlot(storage.slot(name), slot))) return false;
      for (const { name, bytes } of advance.rows) {
        storage.setSlot(name, { kind: "row", width: name.width, bytes });
      }
      for (const { name } of advance.full) this.#retire(name, advance);
      const { openedLeaves, openedLines } = now;
      storage.setState({ ...advance.state, cosignature, openedLeaves, openedLines });
      invariant(advance.state.size > before.size, "a log only grows");
      return true;
    });
  }

  /**
   * The full tiles before `name` that an earlier commit put into the blob store stop being rows. Not at once:
   * a blob store may take a minute until all its places have a new blob, and the next tile takes 256 leaves.
   */
  #retire({ level, index }: TileName, { full }: Advance): void {
    const { storage } = this.#ports;
    for (let before = index - 1; before >= 0; before--) {
      if (full.some(({ name }) => name.level === level && name.index === before)) continue;
      const name = { level, index: before };
      const slot = storage.slot(name);
      if (slot?.kind !== "row") return;
      storage.setSlot(name, { kind: "blob", sha256: this.#hash(slot.bytes) });
    }
  }
}

function conflict(state: MirrorState, forked: boolean): AddOutcome {
  return { kind: "conflict", size: state.size, frozen: state.frozen, forked };
}

function sameSlot(a: Slot | null, b: Slot | null): boolean {
  if (a?.kind === "row" && b?.kind === "row") {
    return a.width === b.width && sameBytes(a.bytes, b.bytes);
  }
  return a === b;
}
