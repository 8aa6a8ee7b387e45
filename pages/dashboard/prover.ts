import type { Verify } from "@believe/shared/base";
import type { Estate, LiveSnapshot } from "@believe/shared/wire";
import { LogFailure, openNote } from "@believe/shared/wire/log";
import type { Proof } from "./document.ts";
import { type Proofs, UNCHECKED } from "./view.ts";

interface Known {
  readonly note: string;
  readonly proof: Proof;
}

/** Checks the signed documents of a snapshot, each note once. `verify` is null where the runtime has no Ed25519. */
export class Prover {
  readonly #keys: Estate["keys"];
  readonly #verify: Verify | null;
  readonly #known = new Map<string, Known>();

  constructor(keys: Estate["keys"], verify: Verify | null) {
    this.#keys = keys;
    this.#verify = verify;
  }

  /** Never throws: a note that does not open under its key is "failed". */
  async prove(snapshot: LiveSnapshot): Promise<Proofs> {
    const [broker, research, figures] = await Promise.all([
      this.#check("broker", snapshot.broker, this.#keys.brokerStatus),
      this.#check("research", snapshot.research, this.#keys.researchStatus),
      this.#check("figures", snapshot.figures, this.#keys.brokerStatus),
    ]);
    return { ...UNCHECKED, broker, research, figures };
  }

  async #check(name: string, note: string | null, vkey: string): Promise<Proof> {
    if (note === null) return "unchecked";
    if (!this.#verify) return "unavailable";
    const known = this.#known.get(name);
    if (known?.note === note) return known.proof;
    const proof = await outcome(note, vkey, this.#verify);
    this.#known.set(name, { note, proof });
    return proof;
  }
}

async function outcome(note: string, vkey: string, verify: Verify): Promise<Proof> {
  try {
    await openNote(note, vkey, verify);
    return "checked";
  } catch (failure) {
    if (failure instanceof LogFailure) return "failed";
    throw failure;
  }
}
