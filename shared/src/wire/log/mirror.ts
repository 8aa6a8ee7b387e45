import { type Bytes, type Sha256, sha256 } from "@believe/shared/base";
import type { ActOutcome } from "./act-outcome.ts";
import type { AddOutcome } from "./add-outcome.ts";
import { CheckpointMirror, type MirroredLog } from "./checkpoint-mirror.ts";
import type { Fork, MirrorBlobs, MirrorState, MirrorStorage } from "./mirror-storage.ts";
import { OpeningShelf, type OpenOutcome } from "./opening-shelf.ts";
import type { TileName } from "./tile.ts";
import { type PutOutcome, TileShelf } from "./tile-shelf.ts";

export interface MirrorOptions extends MirroredLog {
  readonly storage: MirrorStorage;
  readonly blobs: MirrorBlobs;
  /** Our cosignature line over a checkpoint's text, with the time of now. */
  readonly cosign: (checkpointText: string) => Promise<string>;
  readonly hash?: Sha256;
}

/**
 * A mirror and witness of one log, free of any platform. Bundles and tiles are PUT first and count for nothing
 * until a checkpoint covers them; openings are taken for covered leaves only.
 */
export class LogMirror {
  readonly #storage: MirrorStorage;
  readonly #checkpoints: CheckpointMirror;
  readonly #tiles: TileShelf;
  readonly #openings: OpeningShelf;

  constructor({ storage, blobs, cosign, hash = sha256, ...log }: MirrorOptions) {
    this.#storage = storage;
    const tiles = new TileShelf({ storage, blobs, hash });
    this.#tiles = tiles;
    const rootAt = (size: number): Promise<Bytes> => tiles.rootAt(size);
    this.#checkpoints = new CheckpointMirror(log, { storage, blobs, cosign, rootAt, hash });
    this.#openings = new OpeningShelf({
      origin: log.origin,
      storage,
      blobs,
      tiles,
      hash,
    });
  }

  /** The state after the last commit. */
  get state(): MirrorState {
    return this.#checkpoints.state;
  }

  /** C2SP tlog-witness `add-checkpoint`; `addAnswer` turns the outcome into HTTP. */
  addCheckpoint(body: string): Promise<AddOutcome> {
    return this.#checkpoints.addCheckpoint(body);
  }

  /** The operator's note that ends a freeze; `actAnswer` turns the outcome into HTTP. */
  unfreeze(note: string): Promise<ActOutcome> {
    return this.#checkpoints.unfreeze(note);
  }

  /** The note by which the log's key hands over to the next. */
  changeKey(note: string): Promise<ActOutcome> {
    return this.#checkpoints.changeKey(note);
  }

  /** Every fork that was ever shown, with the note that ended its freeze. */
  get forks(): readonly Fork[] {
    return this.#storage.forks();
  }

  /** Key-change notes in order. */
  get keyChanges(): readonly string[] {
    return this.#storage.keyChanges();
  }

  /** The keys that sign checkpoints now: what it was told at first, or the one of the newest change. */
  get vkeys(): readonly string[] {
    return this.#checkpoints.vkeys;
  }

  putTile(name: TileName, bytes: Bytes): Promise<PutOutcome> {
    return this.#tiles.put(name, bytes);
  }

  /** A bundle or tile as far as the newest checkpoint covers it, else null. */
  readTile(name: TileName): Promise<Bytes | null> {
    return this.#tiles.read(name);
  }

  putOpening(leaf: number, body: Bytes): Promise<OpenOutcome> {
    return this.#openings.put(leaf, body);
  }

  readOpening(leaf: number): Promise<string | null> {
    return this.#openings.read(leaf);
  }

  /** Openings of a UTC day above leaf `after` in order (start with −1); null `next` means there are no more. */
  readDay(day: string, after: number): Promise<{ text: string; next: number | null }> {
    return this.#openings.page(day, after);
  }
}
