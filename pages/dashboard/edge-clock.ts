/** The edge's wall time as far as this reader knows it: the latest stamp from there plus what passed here since. */
export class EdgeClock {
  #baseUs: number;
  #atMs: number;

  constructor(edgeUs: number, localMs: number) {
    this.#baseUs = edgeUs;
    this.#atMs = localMs;
  }

  /** A stamp from the edge can only show that its clock is further than we thought. */
  heard(edgeUs: number, localMs: number): void {
    if (edgeUs <= this.nowUs(localMs)) return;
    this.#baseUs = edgeUs;
    this.#atMs = localMs;
  }

  nowUs(localMs: number): number {
    return this.#baseUs + Math.max(0, Math.round((localMs - this.#atMs) * 1000));
  }
}
