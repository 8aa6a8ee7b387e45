/** The outside of a painter. */
export interface PainterPorts {
  nowMs(): number;
  after(delayMs: number, run: () => void): () => void;
  isHidden(): boolean;
  paint(): void;
}

const PAINT_EVERY_MS = 250;

/** Coalesces requests to at most four paints a second; a hidden page does not paint until it is shown. */
export class Painter {
  readonly #ports: PainterPorts;
  #lastMs = Number.NEGATIVE_INFINITY;
  #scheduled = false;
  #owed = false;

  constructor(ports: PainterPorts) {
    this.#ports = ports;
  }

  request(): void {
    if (this.#ports.isHidden()) {
      this.#owed = true;
      return;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    const wait = Math.max(0, this.#lastMs + PAINT_EVERY_MS - this.#ports.nowMs());
    this.#ports.after(wait, () => this.#run());
  }

  /** The page became visible: one paint for all that was missed. */
  shown(): void {
    if (!this.#owed) return;
    this.#owed = false;
    this.request();
  }

  #run(): void {
    this.#scheduled = false;
    if (this.#ports.isHidden()) {
      this.#owed = true;
      return;
    }
    this.#lastMs = this.#ports.nowMs();
    this.#ports.paint();
  }
}
