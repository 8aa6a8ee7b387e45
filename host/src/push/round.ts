import { BytesFailure, invariant, sameBytes, type TimeUs, utf8Text } from "@believe/shared/base";
import {
  bundlesFor,
  formatAddCheckpoint,
  LogFailure,
  openCosignature,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVkey,
  tilePath,
  tilesFor,
  vkeyOf,
} from "@believe/shared/wire/log";
import { nodeSha256, verifyNode } from "../keys/index.ts";
import type { SealedLeaf } from "../spool/index.ts";
import { PushFailure } from "./failure.ts";
import { isYes, logPathOf, type MirrorAnswer, notTaken } from "./mirror-client.ts";
import { openingOf, showsAll } from "./opening-of.ts";
import type { OpeningQueue } from "./opening-queue.ts";
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
  readonly #queue: OpeningQueue;
  readonly #signal: AbortSignal;
  readonly #logPath: string;
  /** Size at which the mirror agreed with us in this run; null before it did, or when it seems to have changed. */
  #agreed: number | null = null;
  /** Opened leaves that show more at a newer opening time, and have not been sent again yet. */
  #wider: { readonly untilUs: TimeUs; readonly leaves: number[] } | null = null;
  #cosigned = 0;
  #cosignedAtUs: TimeUs | null = null;

  constructor(
    options: PusherOptions,
    own: { readonly progress: ProgressFile; readonly queue: OpeningQueue },
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#progress = own.progress;
    this.#queue = own.queue;
    this.#signal = signal;
    this.#logPath = options.logPath ?? logPathOf(options.spool.origin);
  }

  get cosigned(): number {
    return this.#cosigned;
  }

  get cosignedAtUs(): TimeUs | null {
    return this.#cosignedAtUs;
  }

  /** Whether there is something to do: leaves to carry or to open, or a mirror that was not asked yet in this run. */
  get isDue(): boolean {
    const { size } = this.#options.spool;
    const { pushed } = this.#progress;
    return size > 0 && (pushed < size || this.#agreed !== pushed || this.isOpening);
  }

  /** Whether a leaf is to be opened, or to be opened wider, now. */
  get isOpening(): boolean {
    return this.#progress.dueUs < this.#queue.dueUs || this.#isWaiting;
  }

  /** Whether a covered leaf waits for its opening. */
  get #isWaiting(): boolean {
    const { opened, dueUs, pushed } = this.#progress;
    return opened < Math.min(pushed, this.#queue.ready(dueUs, opened));
  }

  async run(): Promise<void> {
    const { pushed } = this.#progress;
    // What is opened on a schedule never holds up what is covered; what is opened at once keeps its leaf's pace.
    const mayCover = this.#queue.isHeld ? pushed < this.#options.spool.size : !this.#isWaiting;
    if (mayCover || this.#agreed !== pushed) await this.#cover();
    if (this.#progress.dueUs < this.#queue.dueUs) await this.#widen();
    else await this.#openNext();
  }

  /** Leaves that were opened before and show more now; when all are sent, the opening time is behind us. */
  async #widen(): Promise<void> {
    const { dueUs, opened } = this.#progress;
    if (this.#wider === null) {
      const untilUs = this.#queue.dueUs;
      this.#wider = { untilUs, leaves: await this.#queue.wider(dueUs, untilUs) };
    }
    const { untilUs, leaves } = this.#wider;
    for (let i = this.#leavesPerRound; i > 0 && leaves.length > 0; i--) {
      const [index = 0] = leaves;
      // A leaf that was not opened yet is opened whole in its turn.
      for (const leaf of this.#options.spool.leaves(index, Math.min(index + 1, opened))) {
        await this.#open(leaf, untilUs);
      }
      leaves.shift();
    }
    if (leaves.length > 0) return;
    this.#wider = null;
    await this.#progress.openedBy(untilUs);
  }

  async #openNext(): Promise<void> {
    const { opened, dueUs, pushed } = this.#progress;
    const to = Math.min(pushed, this.#queue.ready(dueUs, opened), opened + this.#leavesPerRound);
    for (const leaf of this.#options.spool.leaves(opened, to)) {
      await this.#open(leaf, dueUs);
      await this.#progress.openedUpTo(leaf.index + 1);
    }
  }

  get #leavesPerRound(): number {
    return this.#options.leavesPerRound ?? 1;
  }

  async #open(leaf: SealedLeaf, atUs: TimeUs): Promise<void> {
    const { wal, spool, client } = this.#options;
    const { salt } = leaf;
    // A bare leaf is in the log, and nobody can open it any more.
    if (salt === null) return;
    const opens = await this.#queue.opensAt(leaf, atUs);
    const from = { origin: spool.origin, wal, opens, sha256: nodeSha256 };
    const text = openingOf({ ...leaf, salt }, from);
    const what = `${this.#logPath}/open/${leaf.index}`;
    const answer = await this.#sent(client.put(what, text, "application/jsonl"));
    if (isYes(answer)) return;
    if (answer.status === 409 && this.#queue.isHeld && (await this.#isShown(what, text))) return;
    // Perhaps the mirror no longer covers the leaf: the next round asks it first.
    this.#agreed = null;
    throw notTaken(what, answer, this.#nowMs());
  }

  /** Whether the mirror shows a leaf at least as wide already: the research agent opens what is long overdue. */
  async #isShown(what: string, text: string): Promise<boolean> {
    const answer = await this.#sent(this.#options.client.get(what));
    return isYes(answer) && showsAll(answer.bytes, text);
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
    const { client, spool, signer, earlierKeys = [] } = this.#options;
    const what = `${this.#logPath}/checkpoint`;
    const answer = await this.#sent(client.get(what));
    if (answer.status === 404) {
      this.#progress.covered(0);
      return;
    }
    if (!isYes(answer)) throw notTaken(what, { ...answer, text: "" }, this.#nowMs());
    const vkeys = [vkeyOf(signer.name, signer.publicKey), ...earlierKeys];
    try {
      const text = await openByAny(utf8Text(answer.bytes), vkeys);
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
    const { spool } = this.#options;
    const { pushed, signedSize } = this.#progress;
    // A leaf that is covered already only wants the mirror's agreement.
    const isBehind = this.#isWaiting && !this.#queue.isHeld;
    const next = isBehind ? pushed : pushed + this.#leavesPerRound;
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
      // Once it goes on it may stand at another root than ours: it is compared before anything is offered.
      this.#agreed = null;
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

/** The text of a note that one of our keys signed: the newest, or one that it followed. */
async function openByAny(note: string, vkeys: readonly string[]): Promise<string> {
  const named = new Set(parseNote(note).signatures.map(({ keyId }) => keyId));
  const by = vkeys.find((vkey) => named.has(parseVkey(vkey).keyId)) ?? vkeys[0] ?? "";
  return await openNote(note, by, verifyNode);
}

function forked(size: number): PushFailure {
  return new PushFailure(
    "fork",
    `expected the mirror's root at size ${size} to be ours, was other`,
  );
}
