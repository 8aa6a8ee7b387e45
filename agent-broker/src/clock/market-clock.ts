import { SECOND_US, type TimeUs, timeUs } from "@believe/shared/base";
import type { Source } from "@believe/shared/market";
import type { ClockConfig } from "../config.ts";

const DELAY_US_MIN = 200;
const DELAY_US_SPREAD = 1_300;
/**
 * A row that is this late on the wall is overtaken by the clock in silence and stamped after it. A busy machine holds
 * a study up for a second; the decisions of a played tape must not depend on that.
 */
const SILENCE_US = 3 * SECOND_US;

/**
 * Stamps what the engine sees. On a live feed an event carries its receipt time; on a played tape the tape's
 * own stamp plus a seeded delay, so that the same tape gives the same events at any speed. Never runs backwards.
 */
export class MarketClock {
  readonly #config: ClockConfig;
  readonly #wallUs: () => TimeUs;
  #lastUs: TimeUs;

  constructor(config: ClockConfig, wallUs: () => TimeUs, resumedAtUs: TimeUs) {
    this.#config = config;
    this.#wallUs = wallUs;
    this.#lastUs = resumedAtUs;
  }

  get lastUs(): TimeUs {
    return this.#lastUs;
  }

  /** Stamp of a market row. */
  ofRow(stampUs: TimeUs, source: Source): TimeUs {
    const at =
      this.#config.kind === "tape"
        ? timeUs(stampUs + seededDelayUs(this.#config.seed, source))
        : this.#wallUs();
    return this.advance(at);
  }

  /** Moves the clock to `at` unless it is there already. */
  advance(at: TimeUs): TimeUs {
    if (at > this.#lastUs) this.#lastUs = at;
    return this.#lastUs;
  }

  /** What the market clock would read if a row arrived now: the tape's own time, or the wall's. */
  nowUs(): TimeUs {
    if (this.#config.kind === "receipt") return this.#wallUs();
    const { tapeStartUs, wallStartUs, speed } = this.#config;
    return timeUs(Math.floor(tapeStartUs + (this.#wallUs() - wallStartUs) * speed));
  }

  /** Market time that passes in `wallUs` of the wall. */
  scaled(wallUs: number): number {
    return this.#config.kind === "tape" ? wallUs * this.#config.speed : wallUs;
  }

  /** When a word of the venue is heard: on a live feed now; a played tape's rows under way are not overtaken by it. */
  wordUs(): TimeUs {
    return this.#config.kind === "receipt" ? this.#wallUs() : this.#lastUs;
  }

  /**
   * Time that is safe to tell the engine in silence: late enough behind now that a row which is still on its
   * way through the study's burst and our poll is not overtaken.
   */
  silentUs(): TimeUs {
    return timeUs(Math.floor(this.nowUs() - this.scaled(SILENCE_US)));
  }
}

function seededDelayUs(seed: string, source: Source): number {
  let mixed = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) mixed = Math.imul(mixed ^ seed.charCodeAt(i), 0x01000193);
  mixed = Math.imul(mixed ^ source.seq, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return DELAY_US_MIN + (((mixed ^ (mixed >>> 16)) >>> 0) % DELAY_US_SPREAD);
}
