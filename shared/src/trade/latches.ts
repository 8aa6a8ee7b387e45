import { timeUs } from "@believe/shared/base";
import { SessionCalendar } from "@believe/shared/market";
import { type Body, type Command, reasonCode } from "@believe/shared/wire";
import { z } from "zod";

/** Halts that end with their trade date; every other one stays until a person clears it. */
export const DAY_HALTS: ReadonlySet<string> = new Set(["daily-loss", "consecutive-losses"]);

/** What stands until it is released, over every restart. */
export const latchState = z.strictObject({
  /** Reasons for which new entries ended; those of one trade date leave with it. */
  halts: z.array(z.strictObject({ reason: reasonCode, tradeDate: z.iso.date().nullable() })),
  /** The kill switch, null while it is not set. */
  killed: z.strictObject({ flatten: z.boolean() }).nullable(),
  closeOnly: z.boolean(),
  /** The trade date that a person armed for live entries. */
  armed: z.iso.date().nullable(),
});
export type LatchState = z.infer<typeof latchState>;

export function openLatches(): LatchState {
  return { halts: [], killed: null, closeOnly: false, armed: null };
}

/** Halts, the kill switch, close-only and the arming, as halt and command records set and release them. */
export class Latches {
  readonly #calendar = new SessionCalendar();
  #state: LatchState;

  constructor({ halts, killed, closeOnly, armed }: LatchState) {
    this.#state = { halts: [...halts], killed, closeOnly, armed };
  }

  get killed(): LatchState["killed"] {
    return this.#state.killed;
  }

  get closeOnly(): boolean {
    return this.#state.closeOnly;
  }

  get armed(): string | null {
    return this.#state.armed;
  }

  /** Why new entries ended, as of `tradeDate`. */
  halts(tradeDate: string): string[] {
    return this.#of(tradeDate).map((halt) => halt.reason);
  }

  /** Whether a halt of this reason stands that a person has to clear. */
  has(reason: string): boolean {
    return this.#state.halts.some((halt) => halt.tradeDate === null && halt.reason === reason);
  }

  #of(tradeDate: string): LatchState["halts"] {
    return this.#state.halts.filter(
      (halt) => halt.tradeDate === null || halt.tradeDate === tradeDate,
    );
  }

  halt(body: Body<"halt">): void {
    const { tradeDate } = this.#calendar.span(timeUs(body.atUs)).state;
    const scope = DAY_HALTS.has(body.reason) ? tradeDate : null;
    const halts = [...this.#of(tradeDate), { reason: body.reason, tradeDate: scope }];
    this.#state = { ...this.#state, halts };
  }

  command(act: Command): void {
    this.#state = { ...this.#state, ...this.#changed(act) };
  }

  #changed(act: Command): Partial<LatchState> {
    switch (act.kind) {
      case "kill":
        // A second kill may add the flattening, never take it back.
        return { killed: { flatten: act.flatten || this.#state.killed?.flatten === true } };
      case "unkill":
        return { killed: null };
      case "close-only":
        return { closeOnly: act.on };
      case "resume":
        return { halts: this.#state.halts.filter((halt) => halt.tradeDate !== null) };
      case "arm":
        return { armed: act.tradeDate };
      case "disarm":
        return { armed: null };
      case "flatten":
      case "adopt":
      case "cancel":
        return {};
    }
  }

  state(): LatchState {
    return { ...this.#state, halts: [...this.#state.halts] };
  }
}
