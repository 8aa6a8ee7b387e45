import type { Rng } from "@believe/shared/base";

export const SECTOR_BYTES = 512;

/** A change of a file that no sync has made durable yet. */
type Change =
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly bytes: number };

function grown(held: Uint8Array, size: number): Uint8Array {
  if (held.length >= size) return held;
  const larger = new Uint8Array(Math.max(size, held.length * 2, SECTOR_BYTES));
  larger.set(held);
  return larger;
}

/** Bytes that grow at the end. */
class Content {
  #held: Uint8Array;
  size: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#held = bytes.slice();
    this.size = bytes.length;
  }

  get bytes(): Uint8Array {
    return this.#held.subarray(0, this.size);
  }

  apply(change: Change): void {
    if (change.kind === "truncate") {
      this.#held = grown(this.#held, change.bytes);
      this.#held.fill(0, Math.min(this.size, change.bytes));
      this.size = change.bytes;
      return;
    }
    const end = change.at + change.bytes.length;
    this.#held = grown(this.#held, end);
    this.#held.set(change.bytes, change.at);
    this.size = Math.max(this.size, end);
  }
}

/** How a power failure treats what one file had not synced. */
export type Tear = "prefix" | "sectors";

/** A file without its names: what a reader sees, what lies on the platter, and the changes between. */
export class Inode {
  readonly #seen: Content;
  readonly #durable: Content;
  #pending: Change[] = [];

  constructor(durable: Uint8Array = new Uint8Array(0)) {
    this.#seen = new Content(durable);
    this.#durable = new Content(durable);
  }

  get bytes(): Uint8Array {
    return this.#seen.bytes;
  }

  /** Whether a power failure may take anything of it. */
  get isDirty(): boolean {
    return this.#pending.length > 0;
  }

  write(at: number, bytes: Uint8Array): void {
    this.#change({ kind: "write", at, bytes: bytes.slice() });
  }

  truncate(bytes: number): void {
    this.#change({ kind: "truncate", bytes });
  }

  sync(): void {
    for (const change of this.#pending) this.#durable.apply(change);
    this.#pending = [];
  }

  /** After a failed sync the changes count as written: readers still see them, no later sync brings them down. */
  dropUnsynced(): void {
    this.#pending = [];
  }

  /** What is found after a power failure: everything synced, and of the rest what chance left. */
  found(rng: Rng, tear: Tear): Inode {
    const content = new Content(this.#durable.bytes);
    if (tear === "sectors") {
      for (const change of this.#pending) {
        for (const piece of sectorsOf(change)) if (rng.below(2) === 0) content.apply(piece);
      }
      return new Inode(content.bytes);
    }
    const whole = rng.below(this.#pending.length + 1);
    for (const change of this.#pending.slice(0, whole)) content.apply(change);
    const torn = this.#pending[whole];
    if (torn?.kind === "write") {
      // At any byte, or at the edge of a sector; the size may be that of the whole write, the rest of it zeros.
      const length = rng.below(torn.bytes.length + 1);
      const edge = length - ((torn.at + length) % SECTOR_BYTES);
      const kept = rng.below(2) === 0 ? length : Math.max(0, edge);
      content.apply({ ...torn, bytes: torn.bytes.subarray(0, kept) });
      if (rng.below(4) === 0) {
        const size = Math.max(content.size, torn.at + torn.bytes.length);
        content.apply({ kind: "truncate", bytes: size });
      }
    }
    return new Inode(content.bytes);
  }

  #change(change: Change): void {
    this.#seen.apply(change);
    this.#pending.push(change);
  }
}

/** A write as the device has it: sectors, which reach it in any order. */
function* sectorsOf(change: Change): Generator<Change> {
  if (change.kind === "truncate") {
    yield change;
    return;
  }
  const end = change.at + change.bytes.length;
  for (let at = change.at; at < end; ) {
    const next = Math.min(end, at - (at % SECTOR_BYTES) + SECTOR_BYTES);
    yield { kind: "write", at, bytes: change.bytes.subarray(at - change.at, next - change.at) };
    at = next;
  }
}
