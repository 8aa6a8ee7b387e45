import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { base64, type TimeUs } from "@believe/shared/base";
import type { JournalRecord } from "@believe/shared/wire";
import type { Signer } from "@believe/shared/wire/log";
import { HttpFailure } from "../http/index.ts";
import type { Spool } from "../spool/index.ts";
import type { Wal } from "../wal/index.ts";
import { Backoff, type BackoffOptions, FROZEN_BACKOFF, PUSH_BACKOFF } from "./backoff.ts";
import { PushFailure } from "./failure.ts";
import { logPathOf, type MirrorClient } from "./mirror-client.ts";
import { OpeningQueue, type Opens } from "./opening-queue.ts";
import { ProgressFile } from "./progress.ts";
import { PushRound } from "./round.ts";
import type { Covered, WitnessPost, WitnessState } from "./witness-link.ts";
import { WitnessRelay } from "./witness-relay.ts";

/** How long a drain that is done waits for the other witnesses: they never hold up the record. */
const WITNESS_GRACE_MS = 3_000;

export interface PusherOptions {
  readonly spool: Spool;
  readonly wal: Pick<Wal, "records">;
  readonly client: MirrorClient;
  /** The journal key; its name is the origin. */
  readonly signer: Signer;
  /** Verifier keys that signed this log before: the mirror's newest checkpoint may still be by one of them. */
  readonly earlierKeys?: readonly string[];
  /**
   * Done before every round, so before anything is offered; a round whose `before` rejects with `PushFailure` or
   * `HttpFailure` is tried again like any other.
   */
  readonly before?: () => Promise<void>;
  /** What is given away of a leaf, at once or on a schedule; what stays closed is sent as its commitment. */
  readonly opens: Opens;
  readonly wallUs: () => TimeUs;
  /** Most leaves a second; they queue. */
  readonly leavesPerSecond?: number;
  /** Leaves that one checkpoint covers: 1 shows the growth of each. */
  readonly leavesPerRound?: number;
  /** Verifier key of the mirror's witness (type 0x04); its cosignatures are checked when it is given. */
  readonly witness?: string;
  /** Witnesses beside the mirror: each checkpoint that it took is offered to them. */
  readonly witnesses?: readonly WitnessPost[];
  /** Told of each checkpoint that the mirror took. */
  readonly onCovered?: (covered: Covered) => void;
  /** Path of the log at the mirror, "/log/<last part of the origin>" unless it is another. */
  readonly logPath?: string;
  /** Where progress is kept, `push.json` beside the leaves unless there are several mirrors. */
  readonly stateFile?: string;
  readonly backoff?: BackoffOptions;
  /** Told when the mirror says that it froze the log, and with null when it takes leaves again. */
  readonly onFrozen?: (why: string | null) => void;
  /** Called once when pushing ended because sending again cannot help. */
  readonly onLasting?: (failure: unknown) => void;
}

export interface PushState {
  /** Leaves that the mirror covers, and their root in base64. */
  readonly size: number;
  readonly root: string;
  /** Size of the newest checkpoint whose answer was taken in this run (and verified, where a witness is named). */
  readonly cosigned: number;
  /** Wall time of that answer, null before the first. */
  readonly cosignedAtUs: TimeUs | null;
  readonly openedLeaves: number;
  /** Opening time up to which the opened leaves show everything; 0 where they are opened at once. */
  readonly dueUs: TimeUs;
  /** Sealed leaves that are not covered yet, or not opened although it is time. */
  readonly queued: number;
  /** Why the last round failed, null after one that did not. */
  readonly lastError: string | null;
  /** Whether the mirror froze the log. It is asked again, slowly, until its operator ended that. */
  readonly frozen: boolean;
  /** The witnesses beside the mirror, as the configuration orders them. */
  readonly witnesses: readonly WitnessState[];
}

/**
 * Carries sealed leaves to a mirror, one after the other: bundles and tiles, then the checkpoint, then the opening.
 * What the network loses is sent again byte for byte; what a crash interrupts goes on from `push.json` and from what
 * the mirror says it has. Never signs at a size below one that was signed before.
 */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #progress: ProgressFile;
  readonly #round: PushRound;
  readonly #queue: OpeningQueue;
  readonly #witnesses: WitnessRelay;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #turn = Promise.withResolvers<void>();
  #lastError: string | null = null;
  #frozen = false;
  #poke: () => void = () => undefined;
  #ended = false;

  /** Throws `PushFailure` when the spool is behind, or other than, what was signed from this folder before. */
  constructor(options: PusherOptions) {
    this.#options = options;
    const { spool } = options;
    this.#progress = ProgressFile.read(
      options.stateFile ?? join(spool.folder, "push.json"),
      spool.disk,
    );
    const { signedSize, pushed } = this.#progress;
    if (Math.max(signedSize, pushed) > spool.size) {
      throw new PushFailure(
        "spool-behind",
        `expected at least ${Math.max(signedSize, pushed)} leaves, as signed before, was ${spool.size}`,
      );
    }
    if (!this.#progress.agrees(signedSize, spool.root(signedSize))) {
      throw new PushFailure(
        "fork",
        `expected the ${signedSize} leaves that were signed before, was others`,
      );
    }
    this.#witnesses = new WitnessRelay({
      witnesses: options.witnesses ?? [],
      spool,
      mirror: options.client,
      logPath: options.logPath ?? logPathOf(spool.origin),
      wallUs: options.wallUs,
      backoff: options.backoff ?? PUSH_BACKOFF,
    });
    const onCovered = (covered: Covered): void => {
      options.onCovered?.(covered);
      this.#witnesses.offer(covered);
    };
    this.#queue = new OpeningQueue(options);
    this.#round = new PushRound(
      { ...options, onCovered },
      { progress: this.#progress, queue: this.#queue },
      this.#stopping.signal,
    );
  }

  get state(): PushState {
    const { pushed, opened, dueUs } = this.#progress;
    const { size } = this.#options.spool;
    return {
      size: pushed,
      root: base64(this.#options.spool.root(pushed)),
      cosigned: this.#round.cosigned,
      cosignedAtUs: this.#round.cosignedAtUs,
      openedLeaves: opened,
      dueUs,
      queued: Math.max(size - pushed, this.#queue.ready(dueUs, opened) - opened),
      lastError: this.#lastError,
      frozen: this.#frozen,
      witnesses: this.#witnesses.states,
    };
  }

  /** The records that are open at the mirror, in order; null while a due opening has not left yet. */
  async opened(): Promise<Iterable<JournalRecord> | null> {
    const { opened, dueUs } = this.#progress;
    if (this.#round.isOpening) return null;
    return await this.#queue.records(opened, dueUs);
  }

  /** When which line opens. */
  get queue(): OpeningQueue {
    return this.#queue;
  }

  /** Begins to push; says so at once and works in the background. */
  start(): void {
    this.#running ??= this.#run();
    this.#witnesses.start((fault) => this.#options.onLasting?.(fault));
  }

  /**
   * Resolves to true when every sealed leaf is covered and opened, to false when it takes longer or cannot be, as
   * with a log that is frozen. Then the other witnesses get a moment for the newest checkpoint.
   */
  async drain(timeoutMs: number): Promise<boolean> {
    this.start();
    const timer = new AbortController();
    const late = sleep(timeoutMs, "late" as const, { signal: timer.signal });
    // Aborting the timer below rejects it: nobody waits for it then.
    late.catch(() => undefined);
    try {
      // Perhaps its operator ended the freeze by now: it is asked once more before this gives up.
      if (this.#frozen) {
        const asked = this.#turn.promise;
        this.#poke();
        await Promise.race([asked, late]);
      }
      while (this.#round.isDue) {
        if (this.#ended || this.#frozen) return false;
        if ((await Promise.race([this.#turn.promise, late])) === "late") return false;
      }
      await this.#witnesses.settle(Math.min(WITNESS_GRACE_MS, timeoutMs));
      return true;
    } finally {
      timer.abort();
    }
  }

  /** Ends at once: a request under way is left to itself and sent again by the next run. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#witnesses.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await this.#loop(signal);
    } catch (failure) {
      if (!signal.aborted) {
        this.#lastError = failure instanceof Error ? failure.message : String(failure);
        this.#options.onLasting?.(failure);
      }
    } finally {
      this.#ended = true;
      this.#announce();
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    const { leavesPerSecond = 4, leavesPerRound = 1 } = this.#options;
    const backoff = new Backoff(this.#options.backoff ?? PUSH_BACKOFF);
    const frozen = new Backoff(this.#options.backoff ?? FROZEN_BACKOFF);
    const roundMs = (1000 * leavesPerRound) / leavesPerSecond;
    while (!signal.aborted) {
      if (!this.#round.isDue) {
        await this.#sealed(signal);
        continue;
      }
      let waitMs = roundMs;
      try {
        await this.#options.before?.();
        await this.#round.run();
        this.#lastError = null;
        this.#setFrozen(null);
        backoff.reset();
        frozen.reset();
      } catch (failure) {
        if (signal.aborted || !canRetry(failure)) throw failure;
        this.#lastError = failure.message;
        const isFrozen = failure instanceof PushFailure && failure.code === "frozen";
        // A network that fails in between says nothing of the freeze.
        if (isFrozen) this.#setFrozen(failure.message);
        const askedMs = failure instanceof PushFailure ? failure.retryAfterMs : null;
        waitMs = Math.max(roundMs, (isFrozen ? frozen : backoff).nextMs(askedMs));
      }
      this.#announce();
      await this.#pause(waitMs, signal);
    }
  }

  /** Waits until the time is over or a drain cannot wait; rejects when we are told to stop. */
  async #pause(waitMs: number, signal: AbortSignal): Promise<void> {
    const poked = new AbortController();
    this.#poke = () => poked.abort();
    try {
      await sleep(waitMs, undefined, { signal: AbortSignal.any([signal, poked.signal]) });
    } catch (failure) {
      if (signal.aborted) throw failure;
    } finally {
      this.#poke = () => undefined;
    }
  }

  #setFrozen(why: string | null): void {
    const isFrozen = why !== null;
    if (this.#frozen === isFrozen) return;
    this.#frozen = isFrozen;
    this.#options.onFrozen?.(why);
  }

  #announce(): void {
    this.#turn.resolve();
    this.#turn = Promise.withResolvers<void>();
  }

  /** Resolves at the next sealed leaf or stop. */
  #sealed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        forget();
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const forget = this.#options.spool.onSealed(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }
}

function canRetry(failure: unknown): failure is HttpFailure | PushFailure {
  return failure instanceof HttpFailure || (failure instanceof PushFailure && !failure.lasting);
}
