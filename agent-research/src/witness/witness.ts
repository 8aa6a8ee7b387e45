import { nodeSha256 } from "@believe/host/keys";
import { type Bytes, sameBytes } from "@believe/shared/base";
import {
  type AddOutcome,
  cosign,
  type KnownLog,
  openAddCheckpoint,
  type Signer,
  type TrustedAdd,
  verifyConsistency,
} from "@believe/shared/wire/log";
import type { WitnessState, WitnessStore } from "./witness-store.ts";

/** Notes of a log that contradict each other are kept up to this number: the first are worth the most. */
const EVIDENCE_MAX = 8;

export interface WitnessOptions extends KnownLog {
  /** The witness key; it signs cosignatures and nothing else. */
  readonly signer: Signer;
  readonly store: WitnessStore;
  /** Root that this agent computed from the served entries at a size, null where it does not know one. */
  readonly followedRoot: (size: number) => Bytes | null;
  readonly wallS: () => number;
  /** Told once for each contradiction. */
  readonly onAlarm: (detail: string) => void;
}

/**
 * A C2SP tlog-witness of one log. It holds the size and root of the last checkpoint that it cosigned, and puts the
 * next one on the disk before anyone gets its cosignature: what was given away is never forgotten. Requests are taken
 * in turn. A log that contradicts itself is not cosigned again until a person looked.
 */
export class Witness {
  readonly #options: WitnessOptions;
  #state: WitnessState;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.#state = options.store.load();
  }

  get state(): WitnessState {
    return this.#state;
  }

  /** C2SP `add-checkpoint`; `addAnswer` turns the outcome into HTTP. */
  async addCheckpoint(body: string): Promise<AddOutcome> {
    const add = await openAddCheckpoint(body, this.#options);
    if (add.kind !== "trusted") return add;
    const answer = this.#turn.then(() => this.#take(add));
    // The next request waits for this one however it ends; its caller gets the error.
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #take(add: TrustedAdd): Promise<AddOutcome> {
    const { size, root } = add.checkpoint;
    const held = this.#state;
    if (held.frozen !== null) return this.#conflict(false);
    if (size === held.size && !sameBytes(root, held.root)) {
      return this.#freeze(add, `two checkpoints of size ${size} were signed with different roots`);
    }
    if (add.oldSize !== held.size) return this.#conflict(false);
    const proven = verifyConsistency(
      { oldSize: held.size, oldRoot: held.root, newSize: size, newRoot: root, proof: add.proof },
      nodeSha256,
    );
    if (!proven) {
      return { kind: "unprovable", detail: "expected a consistency proof, was one that fails" };
    }
    const followed = this.#options.followedRoot(size);
    if (followed !== null && !sameBytes(followed, root)) {
      return this.#freeze(add, `the checkpoint of size ${size} is not the one that is served`);
    }
    return await this.#cosign(add);
  }

  async #cosign(add: TrustedAdd): Promise<AddOutcome> {
    const { checkpoint, text } = add;
    const held = this.#state;
    if (held.text === text && held.line !== null) {
      return { kind: "cosigned", lines: held.line, checkpoint, advanced: false };
    }
    const line = await cosign(text, this.#options.signer, this.#options.wallS());
    const { size, root } = checkpoint;
    this.#save({ ...held, size, root, text, line });
    return { kind: "cosigned", lines: line, checkpoint, advanced: size > held.size };
  }

  #freeze(add: TrustedAdd, detail: string): AddOutcome {
    const held = this.#state;
    const evidence = [...held.evidence, add.note].slice(0, EVIDENCE_MAX);
    this.#save({ ...held, frozen: detail, evidence });
    this.#options.onAlarm(detail);
    return this.#conflict(true);
  }

  #conflict(forked: boolean): AddOutcome {
    const { size, frozen } = this.#state;
    return { kind: "conflict", size, frozen, forked };
  }

  /** The disk first: what a crash leaves there is at least what was answered. */
  #save(state: WitnessState): void {
    this.#options.store.save(state);
    this.#state = state;
  }
}
