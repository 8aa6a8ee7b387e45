import { nodeSha256 } from "@believe/host/keys";
import { type Bytes, sameBytes } from "@believe/shared/base";
import {
  type ActOutcome,
  type AddOutcome,
  cosign,
  type KnownLog,
  openAddCheckpoint,
  openedAct,
  openKeyChange,
  openUnfreeze,
  type Signer,
  type TrustedAdd,
  verifyConsistency,
} from "@believe/shared/wire/log";
import { type Act, handOver, isVoid, release, vkeysOf } from "./witness-acts.ts";
import type { WitnessState, WitnessStore } from "./witness-store.ts";

/** `vkeys` are the log's first keys; later ones come by key changes. */
export interface WitnessOptions extends KnownLog {
  /** Verifier key of the operator, who alone ends a freeze; without it nobody does. */
  readonly operator?: string | undefined;
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
 * in turn. A log that contradicts itself is not cosigned again until the operator's unfreeze.
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
    const vkeys = this.#vkeys;
    const add = await openAddCheckpoint(body, { ...this.#options, vkeys });
    if (add.kind !== "trusted") return add;
    return this.#inTurn(async () => {
      // A key change that came first ends what the old key signed.
      if (vkeys.join() === this.#vkeys.join()) return this.#take(add);
      return { kind: "untrusted", detail: "expected a signature by the new key, was the old one" };
    });
  }

  /** The operator's note that ends a freeze; `actAnswer` turns the outcome into HTTP. */
  async unfreeze(note: string): Promise<ActOutcome> {
    const { origin, operator, verify, followedRoot } = this.#options;
    if (operator === undefined) {
      return { kind: "untrusted", detail: "expected an operator's key of this log, was none" };
    }
    const opened = await openedAct(() => openUnfreeze(note, { origin, operator }, verify));
    if ("kind" in opened) return opened;
    return this.#act(() => release(this.#state, note, opened, followedRoot));
  }

  /** The note by which the log's key hands over to the next. */
  async changeKey(note: string): Promise<ActOutcome> {
    const { origin, verify, vkeys } = this.#options;
    const opened = await openedAct(() => openKeyChange(note, origin, verify));
    if ("kind" in opened) return opened;
    return this.#act(() => handOver(this.#state, note, opened, vkeys));
  }

  get #vkeys(): readonly string[] {
    return vkeysOf(this.#state, this.#options.vkeys);
  }

  #act(run: () => Act): Promise<ActOutcome> {
    return this.#inTurn(async () => {
      const { outcome, next } = run();
      if (next !== null) this.#save(next);
      return outcome;
    });
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const answer = this.#turn.then(run);
    // The next request waits for this one however it ends; its caller gets the error.
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #take(add: TrustedAdd): Promise<AddOutcome> {
    const { size, root } = add.checkpoint;
    const held = this.#state;
    if (held.frozen !== null) return this.#conflict(false);
    if (isVoid(held, add.checkpoint)) {
      return { kind: "unprovable", detail: "expected a checkpoint that stands, was a void one" };
    }
    if (size === held.size && !sameBytes(root, held.root)) {
      return this.#freeze(add, `two checkpoints of size ${size} were signed with different roots`);
    }
    if (size < held.size && this.#differs(add)) {
      return this.#freeze(add, `the checkpoint of size ${size} is not the one that is served`);
    }
    if (add.oldSize !== held.size) return this.#conflict(false);
    const proven = verifyConsistency(
      { oldSize: held.size, oldRoot: held.root, newSize: size, newRoot: root, proof: add.proof },
      nodeSha256,
    );
    if (!proven) {
      return { kind: "unprovable", detail: "expected a consistency proof, was one that fails" };
    }
    if (this.#differs(add)) {
      return this.#freeze(add, `the checkpoint of size ${size} is not the one that is served`);
    }
    return await this.#cosign(add);
  }

  /** Whether the served entries gave another root at this size. */
  #differs({ checkpoint }: TrustedAdd): boolean {
    const followed = this.#options.followedRoot(checkpoint.size);
    return followed !== null && !sameBytes(followed, checkpoint.root);
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
    this.#save({ ...held, frozen: detail, evidence: [...held.evidence, add.note] });
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
