import { SECOND_US, type TimeUs } from "@believe/shared/base";
import type { FillsRow } from "./fills-row.ts";

/** The study says ALIVE every 2 s; without one for this long it is gone. */
const STALE_US = 8 * SECOND_US;
/** A SYNC that was not answered by then is asked again. */
const SYNC_AGAIN_US = 10 * SECOND_US;

export interface LinkOptions {
  /** The account that every row must name. */
  readonly account: string;
  readonly kind: "paper" | "live";
}

export type LinkState = "down" | "syncing" | "ready";

/**
 * Whether the study is there, for the right account, and has told everything that it has. Doubt of any kind takes the
 * link down; only a whole block of SYNC rows of the run that speaks now brings it back.
 */
export class LinkHealth {
  readonly #options: LinkOptions;
  #alive: FillsRow | null = null;
  #doubt: string | null = null;
  #reason = "awaiting-snapshot";
  #synced = false;
  #broken: string | null = null;
  /** The lowest command number with which a block counts; infinite before this process has asked. */
  #wanted = Number.POSITIVE_INFINITY;
  #askedUs: number | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** The newest row that says how the study fares. */
  onAlive(row: FillsRow): void {
    this.#alive = row;
  }

  /** Why nothing can be sent now; null when the study takes commands. */
  deafness(wallUs: TimeUs): string | null {
    const { account, kind } = this.#options;
    const row = this.#alive;
    if (this.#broken !== null) return this.#broken;
    if (row === null || Math.abs(wallUs - row.stampUs) > STALE_US) return "venue-not-alive";
    if (row.account !== account) return "wrong-account";
    if (row.isSim !== (kind === "paper")) return "wrong-mode";
    return row.trading ? null : "trading-disabled";
  }

  /** Nothing can be sent until the next start. */
  breakDown(reason: string): void {
    this.#broken = reason;
  }

  /** Something was read, or missed, after which only a new block is believed. */
  doubt(reason: string): void {
    this.refresh(reason);
    this.#doubt ??= reason;
  }

  /** The account is not as we thought, although every answer was heard: the whole of it is asked for again. */
  refresh(reason: string): void {
    if (this.#synced) this.askAgain();
    this.#synced = false;
    this.#reason = reason;
  }

  /** The study began anew: it tells everything by itself, once its program has loaded all fills. */
  restarted(wallUs: TimeUs): void {
    this.doubt("study-restarted");
    // Rows of an earlier time are read before this process has asked for anything.
    if (this.#askedUs === null) return;
    this.#wanted = 0;
    this.#askedUs = wallUs;
  }

  /** True when a SYNC should be asked for now. */
  wantsSync(wallUs: TimeUs): boolean {
    if (this.#synced || this.deafness(wallUs) !== null) return false;
    return this.#askedUs === null || Math.abs(wallUs - this.#askedUs) >= SYNC_AGAIN_US;
  }

  asked(cmdSeq: number, wallUs: TimeUs): void {
    this.#wanted = cmdSeq;
    this.#askedUs = wallUs;
  }

  /** A block that was not whole, or a SYNC that was refused: the next one is asked for at once. */
  askAgain(): void {
    if (this.#askedUs !== null) this.#askedUs = Number.NEGATIVE_INFINITY;
  }

  /** Whether a block that ends with this number answers us. */
  isAnswer(cmdSeq: number): boolean {
    return cmdSeq >= this.#wanted;
  }

  synced(): void {
    this.#synced = true;
    this.#wanted = 0;
  }

  /** The state to tell, and why; takes the doubt with it. */
  judge(wallUs: TimeUs): {
    readonly doubt: string | null;
    readonly state: LinkState;
    readonly reason: string | null;
  } {
    const deaf = this.deafness(wallUs);
    const doubt = this.#doubt;
    this.#doubt = null;
    if (deaf !== null) {
      // Whatever happened while nobody spoke is told by the next block only.
      this.refresh("awaiting-snapshot");
      return { doubt: deaf, state: "down", reason: deaf };
    }
    if (!this.#synced) return { doubt, state: "syncing", reason: this.#reason };
    return { doubt, state: "ready", reason: null };
  }
}
