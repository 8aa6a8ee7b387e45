import { strictVerifier, type Verify, webCryptoVerifier } from "@believe/shared/base";
import {
  type Estate,
  estate as estateSchema,
  type LiveSnapshot,
  liveSnapshot,
} from "@believe/shared/wire";
import { hydrate, render } from "preact";
import { countClicks } from "../ui/click-beacon.ts";
import { Announcer } from "./announcer.ts";
import { clickPairs } from "./clicks.ts";
import { conditionOf } from "./condition.ts";
import { Dashboard } from "./dashboard.tsx";
import { EdgeClock } from "./edge-clock.ts";
import { type FeedSocket, LiveFeed, type SocketEvents } from "./live-feed.ts";
import { Painter } from "./painter.ts";
import { Prover } from "./prover.ts";
import { sentenceText, stateSentence } from "./sentence.ts";
import { type Link, type Proofs, UNCHECKED, viewOf } from "./view.ts";

const FETCH_TIMEOUT_MS = 10_000;

function embedded(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

function openSocket(n: number, events: SocketEvents): FeedSocket {
  const url = new URL(`/api/live/socket?n=${n}`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", (event) => events.message(String(event.data)));
  socket.addEventListener("close", () => events.closed());
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      socket.close();
      events.closed();
    },
  };
}

async function fetchSnapshot(): Promise<unknown> {
  const response = await fetch("/api/live", {
    cache: "no-store",
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`expected the snapshot, was status ${response.status}`);
  return response.json();
}

function after(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

/** The verifier over WebCrypto, or null where this browser has no Ed25519. */
async function browserVerifier(): Promise<Verify | null> {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return null;
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  } catch {
    return null;
  }
  return strictVerifier(webCryptoVerifier(crypto.subtle));
}

/** The island: one state (snapshot, link, proofs), drawn whole into the nodes that the server sent. */
class Island {
  readonly #root: HTMLElement;
  readonly #estate: Estate;
  readonly #clock: EdgeClock;
  readonly #announcer = new Announcer();
  readonly #painter: Painter;
  #snapshot: LiveSnapshot;
  #proofs: Proofs = UNCHECKED;
  #link: Link = "server";
  #prover: Prover | null = null;
  #round = 0;

  constructor(root: HTMLElement, estate: Estate, snapshot: LiveSnapshot) {
    this.#root = root;
    this.#estate = estate;
    this.#snapshot = snapshot;
    const nowUs = Number(root.dataset["nowUs"]);
    this.#clock = new EdgeClock(nowUs, performance.now());
    this.#painter = new Painter({
      nowMs: () => performance.now(),
      after,
      isHidden: () => document.hidden,
      paint: () => this.#paint(),
    });
    const view = viewOf(snapshot, nowUs, { kind: estate.account.kind });
    hydrate(<Dashboard estate={estate} view={view} />, root);
  }

  async start(): Promise<void> {
    countClicks(document.body, clickPairs);
    this.#prover = new Prover(this.#estate.keys, await browserVerifier());
    await this.#take(this.#snapshot, this.#link);
    const feed = new LiveFeed(this.#snapshot, {
      openSocket,
      fetchSnapshot,
      after,
      random: () => Math.random(),
      changed: (snapshot, link) => void this.#take(snapshot, link),
    });
    addEventListener("online", () => feed.retryNow());
    addEventListener("offline", () => feed.lost());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#painter.shown();
    });
    setInterval(() => this.#painter.request(), 1000);
    feed.start();
  }

  /** Checks the signatures first, so that a value and its mark are always painted together. */
  async #take(snapshot: LiveSnapshot, link: Link): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    const proofs = (await this.#prover?.prove(snapshot)) ?? UNCHECKED;
    if (round !== this.#round) return;
    this.#clock.heard(snapshot.atUs, performance.now());
    this.#snapshot = snapshot;
    this.#link = link;
    this.#proofs = proofs;
    this.#painter.request();
  }

  #paint(): void {
    const nowMs = performance.now();
    const { kind } = this.#estate.account;
    const reading = { proofs: this.#proofs, link: this.#link, kind };
    const view = viewOf(this.#snapshot, this.#clock.nowUs(nowMs), reading);
    render(<Dashboard estate={this.#estate} view={view} />, this.#root);
    const said = this.#announcer.next(
      conditionOf(view).kind,
      sentenceText(stateSentence(view)),
      nowMs,
    );
    const region = document.getElementById("announce");
    if (said !== null && region) region.textContent = said;
  }
}

const root = document.getElementById("live");
if (root) {
  const estate = estateSchema.parse(embedded("estate"));
  const snapshot = liveSnapshot.parse(embedded("snapshot"));
  void new Island(root, estate, snapshot).start();
}
