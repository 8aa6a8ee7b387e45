import { type Bytes, hex, invariant, type Sha256, sameBytes, sha256 } from "@believe/shared/base";
import { type ActOutcome, openedAct } from "./act-outcome.ts";
import {
  type AddOutcome,
  type KnownLog,
  openAddCheckpoint,
  type TrustedAdd,
} from "./add-outcome.ts";
import { type Advance, advanceOf } from "./advance.ts";
import { openKeyChange } from "./key-change.ts";
import { MirrorActs } from "./mirror-acts.ts";
import {
  EMPTY_MIRROR,
  type MirrorBlobs,
  type MirrorState,
  type MirrorStorage,
  type Slot,
} from "./mirror-storage.ts";
import { verifyConsistency } from "./proof.ts";
import type { TileName } from "./tile.ts";
import { openUnfreeze } from "./unfreeze.ts";
import { withLeaves } from "./unopened.ts";

export interface MirrorPorts {
  readonly storage: MirrorStorage;
  readonly blobs: MirrorBlobs;
  /** Our cosignature line over a checkpoint's text, with the time of now. */
  readonly cosign: (checkpointText: string) => Promise<string>;
  /** Root of the log at a size that is covered. */
  readonly rootAt: (size: number) => Promise<Bytes>;
  readonly hash?: Sha256;
}

/** The log that is mirrored. `vkeys` are its first keys; later ones come by key changes. */
export interface MirroredLog extends KnownLog {
  /** Verifier key of the operator, who alone ends a freeze; without it nobody does. */
  readonly operator?: string | undefined;
}

/** How often a commit starts over because a PUT changed what it had read. */
const COMMIT_TRIES = 3;

/**
 * The witness half of a mirror: the compare-and-swap of C2SP tlog-witness over a log whose bundles it holds.
 * The root is recomputed from the entries; bundles and tiles that are full are put into the blob store, then one
 * transaction moves the log from the old checkpoint to the new one. Nothing is written when any check fails.
 *
 * A signed checkpoint of the stored size or a smaller one with another root than the log has there freezes the log:
 * both notes are kept, and this and every later add answers 409 with the stored size, until the operator's unfreeze.
 */
export class CheckpointMirror {
  readonly #log: MirroredLog;
  readonly #ports: MirrorPorts;
  readonly #hash: Sha256;
  readonly #acts: MirrorActs;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(log: MirroredLog, ports: MirrorPorts) {
    this.#log = log;
    this.#ports = ports;
    this.#hash = ports.hash ?? sha256;
    this.#acts = new MirrorActs(log, ports.storage);
  }

  get state(): MirrorState {
    return this.#ports.storage.state() ?? EMPTY_MIRROR;
  }

  /** The keys that sign checkpoints now. */
  get vkeys(): readonly string[] {
    return this.#acts.vkeys;
  }

  /** C2SP `add-checkpoint`. Requests are taken in turn. */
  async addCheckpoint(body: string): Promise<AddOutcome> {
    const { vkeys } = this;
    const add = await openAddCheckpoint(body, { ...this.#log, vkeys });
    if (add.kind !== "trusted") return add;
    return this.#inTurn(async () => {
      // A key change that came first ends what the old key signed.
      if (vkeys.join() === this.vkeys.join()) return this.#take(add);
      return { kind: "untrusted", detail: "expected a signature by the new key, was the old one" };
    });
  }

  /** The operator's note that ends a freeze. */
  async unfreeze(note: string): Promise<ActOutcome> {
    const { origin, operator, verify } = this.#log;
    if (operator === undefined) {
      return { kind: "untrusted", detail: "expected an operator's key of this log, was none" };
    }
    const opened = await openedAct(() => openUnfreeze(note, { origin, operator }, verify));
    if ("kind" in opened) return opened;
    return this.#inTurn(async () => this.#acts.release(note, opened));
  }

  /** The note by which a log's key hands over to the next. */
  async changeKey(note: string): Promise<ActOutcome> {
    const { origin, verify } = this.#log;
    const opened = await openedAct(() => openKeyChange(note, origin, verify));
    if ("kind" in opened) return opened;
    return this.#inTurn(async () => this.#acts.handOver(note, opened));
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const answer = this.#turn.then(run);
    // The next request waits for this one however it ends; its caller gets the error.
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #take(add: TrustedAdd): Promise<AddOutcome> {
    const { state } = this;
    const { size } = add.checkpoint;
    if (state.frozen !== null) return conflict(state, false);
    if (size <= state.size && (await this.#contradicts(state, add))) {
      if (this.#acts.isVoid(add.checkpoint)) {
        return { kind: "unprovable", detail: "expected a checkpoint that stands, was a void one" };
      }
      return this.#freeze(add);
    }
    if (add.oldSize !== state.size) return conflict(state, false);
    const proven = verifyConsistency(
      {
        oldSize: state.size,
        oldRoot: state.root,
        newSize: size,
        newRoot: add.checkpoint.root,
        proof: add.proof,
      },
      this.#hash,
    );
    if (!proven) {
      return { kind: "unprovable", detail: "expected a consistency proof, was one that fails" };
    }
    return size === state.size ? this.#again(state, add) : this.#advance(add);
  }

  /** Whether the log has another root at the size of this checkpoint, which is covered. */
  async #contradicts(state: MirrorState, { checkpoint }: TrustedAdd): Promise<boolean> {
    const { size, root } = checkpoint;
    const known = size === state.size ? state.root : await this.#ports.rootAt(size);
    return !sameBytes(root, known);
  }

  /**
   * The newest checkpoint once more: the same answer, and nothing to write but the first one of an empty log, or the
   * new key's after a key change.
   */
  async #again(state: MirrorState, add: TrustedAdd): Promise<AddOutcome> {
    const { checkpoint } = add;
    const stored = state.note?.startsWith(`${add.text}\n`) ? state.cosignature : null;
    const advanced = state.note === null || !this.#acts.isCurrent(state.note);
    const lines = stored ?? (await this.#ports.cosign(add.text));
    // The state as it is now: an opening may have been counted while we waited for the cosignature.
    if (advanced) {
      this.#ports.storage.setState({ ...this.state, note: add.note, cosignature: lines });
    }
    return { kind: "cosigned", lines, checkpoint, advanced };
  }

  #freeze(add: TrustedAdd): AddOutcome {
    const { storage } = this.#ports;
    // Read again: an opening may have been counted while the root was computed.
    const { state } = this;
    const { size } = add.checkpoint;
    const frozen =
      size === state.size
        ? `two checkpoints of size ${size} were signed with different roots`
        : `a checkpoint of size ${size} was signed with another root than the log has there`;
    const forked = { ...state, frozen };
    storage.transaction(() => {
      storage.addEvidence({ size, cosigned: state.note, other: add.note });
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
      const unopened = withLeaves(now.unopened, advance.minutes);
      storage.setState({ ...advance.state, cosignature, openedLeaves, openedLines, unopened });
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
