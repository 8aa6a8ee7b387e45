import { BytesFailure, invariant, sameBytes, type TimeUs, utf8Text } from "@believe/shared/base";
import {
  bundlesFor,
  formatAddCheckpoint,
  LogFailure,
  openCosignature,
  openNote,
  parseCheckpoint,
  tilePath,
  tilesFor,
  vkeyOf,
} from "@believe/shared/wire/log";
import { nodeSha256, verifyNode } from "../keys/index.ts";
import { PushFailure } from "./failure.ts";
import { isYes, logPathOf, type MirrorAnswer, notTaken } from "./mirror-client.ts";
import { openingOf } from "./opening-of.ts";
import type { ProgressFile } from "./progress.ts";
import type { PusherOptions } from "./pusher.ts";
import { untilAborted } from "./until-aborted.ts";

/** How often one round offers its checkpoint again after the mirror named another size. */
const OFFERS_A_ROUND = 3;

/**
 * One round of a push: the mirror covers the next leaf, then gets its opening. Every step may be repeated at any
 * time: bytes are the same, the mirror answers the same, and its size decides where we go on.
 */
export class PushRound {
  readonly #options: PusherOptions;
  readonly #progress: ProgressFile;
  readonly #signal: AbortSignal;
  readonly #logPath: string;
  /** Size at which the mirror agreed with us in this run; null before it did, or when it seems to have changed. */
  #agreed: number | null = null;
  #cosigned = 0;
  #cosignedAtUs: TimeUs | null = null;

  constructor(options: PusherOptions, progress: ProgressFile, signal: AbortSignal) {
    this.#options = options;
    this.#progress = progress;
    this.#signal = signal;
    this.#logPath = options.logPath ?? logPathOf(options.spool.origin);
  }

  get cosigned(): number {
    return this.#cosigned;
  }

  get cosignedAtUs(): TimeUs | null {
    return this.#cosignedAtUs;
  }

  /** Whether there is something to do: leaves to carry, or a mirror that was not asked yet in this run. */
  get isDue(): boolean {
    const { size } = this.#options.spool;
    return size > 0 && (this.#progress.opened < size || this.#agreed !== this.#progress.pushed);
  }

  async run(): Promise<void> {
    const { opened, pushed } = this.#progress;
    if (opened >= pushed || this.#agreed !== pushed) await this.#cover();
    const { leavesPerRound = 1, spool } = this.#options;
    const from = this.#progress.opened;
    const to = Math.min(this.#progress.pushed, from + leavesPerRound);
    for (const leaf of spool.leaves(from, to)) {
      // A bare leaf is in the log, and nobody can open it any more.
      const { salt } = leaf;
      if (salt === null) {
        await this.#progress.openedUpTo(leaf.index + 1);
        continue;
      }
      const text = openingOf(
        { ...leaf, salt },
        {
          ...this.#options,
          origin: spool.origin,
          sha256: nodeSha256,
        },
      );
      const what = `${this.#logPath}/open/${leaf.index}`;
      const answer = await this.#sent(this.#options.client.put(what, text, "application/jsonl"));
      if (!isYes(answer)) {
        // Perhaps the mirror no longer covers the leaf: the next round asks it first.
        this.#agreed = null;
        throw notTaken(what, answer, this.#nowMs());
      }
      await this.#progress.openedUpTo(leaf.index + 1);
    }
  }

  /** Until the mirror covers the next leaf and agrees on every leaf before it. */
  async #cover(): Promise<void> {
    if (this.#agreed === null) await this.#compare();
    for (let offer = 0; offer < OFFERS_A_ROUND; offer++) {
      const size = this.#target();
      await this.#putTiles(this.#progress.pushed, size);
      if (await this.#offer(this.#progress.pushed, size)) return;
    }
    throw new PushFailure("not-taken", "expected the mirror to keep its size, was changing it");
  }

  /**
   * Looks at what the mirror has before anything is signed: on a disk that went back, a new leaf would otherwise be
   * signed at a size where another one stands, and that cannot be taken back.
   */
  async #compare(): Promise<void> {
    const { client, spool, signer } = this.#options;
    const what = `${this.#logPath}/checkpoint`;
    const answer = await this.#sent(client.get(what));
    if (answer.status === 404) {
      this.#progress.covered(0);
      return;
    }
    if (!isYes(answer)) throw notTaken(what, { ...answer, text: "" }, this.#nowMs());
    const vkey = vkeyOf(signer.name, signer.publicKey);
    try {
      const text = await openNote(utf8Text(answer.bytes), vkey, verifyNode);
      const { origin, size, root } = parseCheckpoint(text);
      if (origin !== spool.origin) throw new PushFailure("not-taken", `expected ${what} of ours`);
      this.#mustReach(size);
      if (!sameBytes(root, spool.root(size))) throw forked(size);
      this.#progress.covered(size);
    } catch (cause) {
      if (!(cause instanceof LogFailure || cause instanceof BytesFailure)) throw cause;
      throw new PushFailure("not-taken", `in ${what}: ${cause.message}`, { cause });
    }
  }

  #mustReach(size: number): void {
    const own = this.#options.spool.size;
    if (size <= own) return;
    throw new PushFailure(
      "spool-behind",
      `expected at least ${size} leaves, as the mirror has, was ${own}`,
    );
  }

  /** The size to sign next: never below one that was signed, and none that the spool has not reached. */
  #target(): number {
    const { leavesPerRound = 1, spool } = this.#options;
    const { pushed, opened, signedSize } = this.#progress;
    // A leaf that is covered already only wants the mirror's agreement.
    const next = opened < pushed ? pushed : pushed + leavesPerRound;
    return Math.min(spool.size, Math.max(next, signedSize));
  }

  async #putTiles(oldSize: number, size: number): Promise<void> {
    for (const name of [...bundlesFor(oldSize, size), ...tilesFor(oldSize, size)]) {
      const what = `${this.#logPath}/${tilePath(name.level, name.index, name.width)}`;
      const bytes = this.#options.spool.tile(name);
      const answer = await this.#sent(
        this.#options.client.put(what, bytes, "application/octet-stream"),
      );
      // 409: it covers this tile with other bytes than we think; add-checkpoint tells which size it has.
      if (!isYes(answer) && answer.status !== 409) throw notTaken(what, answer, this.#nowMs());
    }
  }

  /** True when the mirror took the checkpoint; false when it named another size, from where we go on. */
  async #offer(oldSize: number, size: number): Promise<boolean> {
    const { spool, signer, client } = this.#options;
    const root = spool.root(size);
    invariant(size >= this.#progress.signedSize, "no checkpoint is smaller than one signed before");
    if (!this.#progress.agrees(size, root)) {
      throw new PushFailure("fork", `expected the root that was signed at size ${size}, was other`);
    }
    await this.#progress.signing(size, root);
    const note = await spool.checkpoint(signer, size);
    const proof = spool.consistency(oldSize, size);
    const what = `${this.#logPath}/add-checkpoint`;
    const body = formatAddCheckpoint({ oldSize, proof, note });
    const answer = await this.#sent(
      client.post(what, body, "text/plain; charset=utf-8", { signed: false }),
    );
    if (answer.status === 409) {
      this.#learn(answer, oldSize, size);
      return false;
    }
    if (!isYes(answer)) {
      this.#agreed = null;
      throw notTaken(what, answer, this.#nowMs());
    }
    this.#progress.covered(size);
    await this.#checkCosignature(note, answer.text);
    this.#agreed = size;
    this.#cosigned = size;
    this.#cosignedAtUs = this.#options.wallUs();
    this.#options.onCovered?.({ size, note });
    return true;
  }

  /** Goes on from the size that the mirror has, unless a person has to look first. */
  #learn(answer: MirrorAnswer, oldSize: number, size: number): void {
    const text = answer.text.trim();
    if (answer.headers["believe-log"] === "frozen") {
      throw new PushFailure("frozen", `expected a log that grows, was frozen at size ${text}`);
    }
    if (!/^(?:0|[1-9]\d{0,14})$/.test(text)) {
      throw new PushFailure("not-taken", "expected the mirror's size with its 409, was other text");
    }
    const stored = Number(text);
    this.#mustReach(stored);
    if (stored === oldSize && stored === size) throw forked(size);
    this.#agreed = null;
    this.#progress.covered(stored);
  }

  async #checkCosignature(note: string, lines: string): Promise<void> {
    const { witness } = this.#options;
    if (witness === undefined) return;
    try {
      await openCosignature(`${note}${lines}`, witness, verifyNode);
    } catch (cause) {
      if (!(cause instanceof LogFailure)) throw cause;
      throw new PushFailure("bad-cosignature", `in the mirror's answer: ${cause.message}`, {
        cause,
      });
    }
  }

  /** An answer, or a rejection as soon as we are told to stop. */
  #sent<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return untilAborted(answer, this.#signal);
  }

  #nowMs(): number {
    return this.#options.wallUs() / 1000;
  }
}

function forked(size: number): PushFailure {
  return new PushFailure(
    "fork",
    `expected the mirror's root at size ${size} to be ours, was other`,
  );
}
