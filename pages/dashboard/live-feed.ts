import { type LiveDelta, type LiveSnapshot, liveDelta, liveSnapshot } from "@believe/shared/wire";
import { applyDelta, wholeOf } from "./delta.ts";
import type { Link } from "./view.ts";

/** The part of a WebSocket that the feed uses. */
export interface FeedSocket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  message(text: string): void;
  closed(): void;
}

/** The outside of the feed: network, time and chance. */
export interface FeedPorts {
  /** Its first frame is the whole state, unless that is still version `n`. */
  openSocket(n: number, events: SocketEvents): FeedSocket;
  /** The JSON of /api/live; rejects when it cannot be had. */
  fetchSnapshot(): Promise<unknown>;
  /** Calls back once after a delay; the returned function cancels. */
  after(delayMs: number, run: () => void): () => void;
  /** Uniform in [0, 1). */
  random(): number;
  /** A new state or link: `snapshot` is the whole. */
  changed(snapshot: LiveSnapshot, link: Link): void;
}

export const POLL_MS = 15_000;
const PING_MS = 20_000;
const SILENCE_MS = 45_000;
const RETRY_MAX_MS = 30_000;
/** Pause before the whole is asked for again when it did not come, or came older than the deltas. */
const BEHIND_MS = 1000;
/** Deltas kept while the whole is on its way; beyond that it is the whole that counts. */
const WAITING_MAX = 256;

/** Exponential back-off with full jitter over its upper half: 0.5–1 s, 1–2 s, 2–4 s … at most 30 s. */
export function retryDelayMs(failures: number, random: number): number {
  const full = Math.min(RETRY_MAX_MS, 1000 * 2 ** Math.min(failures, 10));
  return full * (0.5 + random / 2);
}

function parsed(text: string): LiveDelta | null {
  try {
    const result = liveDelta.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

/**
 * Keeps one snapshot up to date: a socket begins with the whole, or with nothing where that is what is held, then
 * deltas follow by number; the whole again after every gap, polling while sockets fail. It never believes a delta
 * that does not follow what it holds.
 */
export class LiveFeed {
  readonly #ports: FeedPorts;
  #snapshot: LiveSnapshot;
  #link: Link = "server";
  #socket: FeedSocket | null = null;
  #socketOpen = false;
  #fetching = false;
  #missing = false;
  #again = false;
  #waiting: LiveDelta[] = [];
  #failures = 0;
  #cancelRetry: (() => void) | null = null;
  #cancelPing: (() => void) | null = null;
  #cancelSilence: (() => void) | null = null;
  #cancelPoll: (() => void) | null = null;
  #cancelBehind: (() => void) | null = null;
  #stopped = false;

  constructor(snapshot: LiveSnapshot, ports: FeedPorts) {
    this.#snapshot = snapshot;
    this.#ports = ports;
  }

  get snapshot(): LiveSnapshot {
    return this.#snapshot;
  }

  start(): void {
    this.#stopped = false;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of [
      this.#cancelRetry,
      this.#cancelPing,
      this.#cancelSilence,
      this.#cancelPoll,
      this.#cancelBehind,
    ]) {
      cancel?.();
    }
    this.#socket?.close();
    this.#socket = null;
  }

  /** The browser says that the network is back: try now. */
  retryNow(): void {
    if (this.#stopped || this.#socket) return;
    this.#failures = 0;
    this.#cancelRetry?.();
    this.#connect();
  }

  /** The browser says that the network is gone. */
  lost(): void {
    this.#setLink("offline");
    this.#socket?.close();
  }

  #connect(): void {
    const socket = this.#ports.openSocket(this.#snapshot.n, {
      opened: () => {
        if (this.#socket !== socket) return;
        this.#socketOpen = true;
        this.#failures = 0;
        this.#cancelPoll?.();
        this.#cancelPoll = null;
        this.#heard();
        this.#setLink("live");
      },
      message: (text) => {
        if (this.#socket !== socket) return;
        this.#heard();
        this.#take(text);
      },
      closed: () => {
        if (this.#socket === socket) this.#closed();
      },
    });
    this.#socket = socket;
  }

  #closed(): void {
    this.#socket = null;
    this.#socketOpen = false;
    this.#waiting = [];
    this.#cancelBehind?.();
    this.#cancelPing?.();
    this.#cancelSilence?.();
    if (this.#stopped) return;
    this.#failures += 1;
    const delay = retryDelayMs(this.#failures - 1, this.#ports.random());
    this.#cancelRetry = this.#ports.after(delay, () => this.#connect());
    if (!this.#cancelPoll) this.#poll();
  }

  /** While anything is told nothing needs asking: each message to the edge is paid for. */
  #ping(): void {
    this.#cancelPing?.();
    this.#cancelPing = this.#ports.after(PING_MS, () => {
      this.#socket?.send("ping");
      this.#ping();
    });
  }

  /** A socket that says nothing, not even pong, is dead without knowing it. */
  #heard(): void {
    this.#ping();
    this.#cancelSilence?.();
    this.#cancelSilence = this.#ports.after(SILENCE_MS, () => this.#socket?.close());
  }

  #poll(): void {
    void this.#refetch();
    this.#cancelPoll = this.#ports.after(POLL_MS, () => {
      if (!this.#socketOpen) this.#poll();
    });
  }

  #take(text: string): void {
    if (text === "pong") return;
    const delta = parsed(text);
    if (!delta) {
      void this.#refetch();
      return;
    }
    const whole = wholeOf(delta);
    if (whole !== null) {
      this.#begin(whole);
      return;
    }
    if (this.#fetching) {
      this.#keep(delta);
      return;
    }
    if (this.#follow(delta)) return;
    this.#keep(delta);
    void this.#refetch();
  }

  /** The server's state now, be it behind what is held: a server that went back must be believed too. */
  #begin(whole: LiveSnapshot): void {
    this.#snapshot = whole;
    this.#missing = false;
    this.#waiting = this.#waiting.filter(({ n }) => n > whole.n);
    this.#ports.changed(whole, this.#link);
    // An answer that is under way may be older.
    if (this.#fetching) this.#again = true;
  }

  #keep(delta: LiveDelta): void {
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(delta);
  }

  /** Applies a delta; false when versions before it are missing. */
  #follow(delta: LiveDelta): boolean {
    const outcome = applyDelta(this.#snapshot, delta);
    if (outcome.kind === "applied") {
      this.#snapshot = outcome.snapshot;
      this.#ports.changed(this.#snapshot, this.#link);
    }
    return outcome.kind !== "gap";
  }

  async #refetch(): Promise<void> {
    if (this.#fetching) {
      this.#again = true;
      return;
    }
    this.#fetching = true;
    try {
      this.#snapshot = liveSnapshot.parse(await this.#ports.fetchSnapshot());
      this.#missing = false;
      this.#setLink(this.#socketOpen ? "live" : "polling");
      this.#ports.changed(this.#snapshot, this.#link);
    } catch {
      // Whatever kept the snapshot away, for the reader it is one thing: what he sees is not moving.
      this.#missing = true;
      if (!this.#socketOpen) this.#setLink("offline");
    } finally {
      this.#fetching = false;
    }
    this.#drain();
  }

  #drain(): void {
    const waiting = this.#waiting.sort((a, b) => a.n - b.n);
    this.#waiting = waiting.filter((delta) => !this.#follow(delta));
    const again = this.#again;
    this.#again = false;
    if (again) {
      void this.#refetch();
    } else if (this.#socketOpen && (this.#missing || this.#waiting.length > 0)) {
      this.#cancelBehind?.();
      this.#cancelBehind = this.#ports.after(BEHIND_MS, () => void this.#refetch());
    }
  }

  #setLink(link: Link): void {
    if (this.#link === link) return;
    this.#link = link;
    this.#ports.changed(this.#snapshot, link);
  }
}
