import { hydrate, render } from "preact";
import { countClicks } from "../ui/click-beacon.ts";
import { askedSeq } from "./asked-seq.ts";
import { clickPairs } from "./clicks.ts";
import { factsOf } from "./facts.ts";
import { type Keeper, pinOf, recall, remember } from "./memory.ts";
import type { Facts, FromWorker, ToWorker } from "./protocol.ts";
import { pageSentence } from "./sentence.ts";
import { VerifyPage } from "./verify-page.tsx";
import { heard, IDLE, started, stopped, type VerifyView } from "./view.ts";

/** A proof is some kilobytes, an opening at most four megabytes. */
const FILE_BYTES_MAX = 8 * 1024 * 1024;

/** Where the browser keeps things for this page; null where it forbids it. */
function keeperOf(): Keeper | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

/** Whether this browser has all that the check stands on. */
async function canCheck(): Promise<boolean> {
  if (!globalThis.isSecureContext || !("Worker" in globalThis)) return false;
  if (!("DecompressionStream" in globalThis)) return false;
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** The island: one view, moved on by the Web Worker's messages and the visitor's hands. */
class Island {
  readonly #root: HTMLElement;
  readonly #facts: Facts;
  readonly #keeper = keeperOf();
  readonly #lineFirst: boolean;
  #view: VerifyView;
  #worker: Worker | null = null;
  #ready = false;
  #drawing = false;
  #announced = "";

  constructor(root: HTMLElement, facts: Facts) {
    this.#root = root;
    this.#facts = facts;
    const asked = askedSeq(new URLSearchParams(location.search).get("seq") ?? "");
    this.#lineFirst = asked !== "";
    this.#view = { ...IDLE, asked };
    hydrate(this.#page(), root);
  }

  async start(): Promise<void> {
    countClicks(document.body, clickPairs);
    const memory = recall(this.#keeper, this.#facts.origin);
    const pin = pinOf(memory, this.#facts.key);
    this.#view = { ...this.#view, pin };
    if (pin.state === "first") {
      remember(this.#keeper, this.#facts.origin, {
        key: this.#facts.key,
        sinceMs: Date.now(),
        seen: null,
      });
    }
    if (!(await canCheck())) {
      this.#view = { ...this.#view, phase: "unable" };
      this.#draw();
      return;
    }
    this.#ready = true;
    this.#dropping();
    const asked = this.#view.asked || askedSeq(location.hash);
    this.#view = { ...this.#view, asked };
    this.#draw();
    if (asked !== "") this.#ask(asked);
  }

  #page() {
    return (
      <VerifyPage
        facts={this.#facts}
        view={this.#view}
        ready={this.#ready}
        lineFirst={this.#lineFirst}
        onCheck={() => this.#check()}
        onStop={() => this.#stop()}
        onSave={() => this.#saveResult()}
        onAsk={(text) => this.#ask(text)}
        onFiles={(files) => void this.#files(files)}
        onSaveProof={() => this.#saveProof()}
      />
    );
  }

  /** One paint a frame, however many messages came. */
  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      render(this.#page(), this.#root);
      this.#announce();
    });
  }

  /** Says the sentence when it changes; the running numbers are never spoken. */
  #announce(): void {
    const sentence = pageSentence(this.#view, this.#facts);
    const region = document.getElementById("announce");
    if (sentence === this.#announced || this.#view.phase === "idle" || region === null) return;
    this.#announced = sentence;
    region.textContent = sentence;
  }

  #tell(message: ToWorker): void {
    if (this.#worker === null) {
      const worker = new Worker("/assets/verify-worker.js", { type: "module" });
      worker.addEventListener("message", (event: MessageEvent<FromWorker>) =>
        this.#heard(event.data),
      );
      worker.addEventListener("error", () =>
        this.#heard({ tell: "offline", what: "expected the page's Web Worker, was stopped" }),
      );
      this.#worker = worker;
    }
    this.#worker.postMessage(message);
  }

  #heard(told: FromWorker): void {
    this.#view = heard(this.#view, told);
    if (told.tell === "done" && this.#view.phase === "good") this.#remember();
    this.#draw();
  }

  /** After a good check only: a false log must not become what the next visit is measured by. */
  #remember(): void {
    const { sums, pin } = this.#view;
    if (sums === null) return;
    const { size, root } = sums;
    const { key, origin } = this.#facts;
    const nowMs = Date.now();
    const seen = { size, root, atMs: nowMs };
    remember(this.#keeper, origin, { key, sinceMs: pin.sinceMs ?? nowMs, seen });
  }

  #check(): void {
    const memory = recall(this.#keeper, this.#facts.origin);
    this.#view = started(this.#view);
    this.#draw();
    const { pinned } = this.#view.pin;
    this.#tell({ ask: "check", facts: this.#facts, seen: memory?.seen ?? null, pinned });
  }

  #stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#view = stopped(this.#view);
    this.#draw();
  }

  #ask(text: string): void {
    const seq = askedSeq(text.trim());
    if (seq === "") {
      const said = "A journal number is written with digits only, such as 18222.";
      this.#view = { ...this.#view, entry: { kind: "refused", said } };
      this.#draw();
      return;
    }
    this.#view = { ...this.#view, asked: seq, entry: { kind: "asking", what: `line #${seq}` } };
    this.#draw();
    this.#tell({ ask: "entry", facts: this.#facts, seq: Number(seq) });
  }

  async #files(files: FileList | null): Promise<void> {
    const file = files?.[0];
    if (file === undefined) return;
    if (file.size > FILE_BYTES_MAX) {
      const said = `${file.name} is larger than any proof or opening. It was not read.`;
      this.#view = { ...this.#view, entry: { kind: "refused", said } };
      this.#draw();
      return;
    }
    this.#view = { ...this.#view, entry: { kind: "asking", what: file.name } };
    this.#draw();
    this.#tell({ ask: "file", facts: this.#facts, name: file.name, text: await file.text() });
  }

  /** The whole page takes a file, so that a near miss does not make the browser leave it. */
  #dropping(): void {
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      document.getElementById("drop")?.classList.add("is-over");
    });
    document.addEventListener("dragleave", () =>
      document.getElementById("drop")?.classList.remove("is-over"),
    );
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      document.getElementById("drop")?.classList.remove("is-over");
      void this.#files(event.dataTransfer?.files ?? null);
    });
  }

  #saveResult(): void {
    const { phase, steps, sums, findings, sessions } = this.#view;
    const { url, origin, key, witnesses } = this.#facts;
    const sessionSums = sessions.map(({ runs: _, ...rest }) => rest);
    const at = new Date().toISOString();
    const result = {
      at,
      url,
      origin,
      key,
      witnesses,
      result: phase,
      sums,
      steps,
      findings,
      sessions: sessionSums,
    };
    save(`verify-${at.slice(0, 10)}.json`, `${JSON.stringify(result, null, 2)}\n`);
  }

  #saveProof(): void {
    const { entry } = this.#view;
    const file = entry.kind === "proof" ? entry.proof.file : null;
    if (file !== null) save(file.name, file.text);
  }
}

const root = document.getElementById("verify");
if (root) {
  const facts = factsOf(JSON.parse(document.getElementById("facts")?.textContent ?? "null"));
  void new Island(root, facts).start();
}
