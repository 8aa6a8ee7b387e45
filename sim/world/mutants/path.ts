import { type TimeUs, timeUs } from "@believe/shared/base";
import type { VenueEvent } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import type { OrderPath } from "../../../agent-broker/src/trading-loop.ts";
import type { Parts } from "../mutation.ts";

type Intent = Body<"intent">;

export interface Hands extends Parts {
  /** Hands a request to the bridge. */
  readonly send: (intent: Intent) => void;
  /** Hands a request to the venue, past the bridge. */
  readonly force: (intent: Intent) => void;
  /** Lets the loop hear this next. */
  readonly say: (word: VenueEvent) => void;
}

export interface Twist {
  /** Instead of sending `intent`. */
  readonly submit?: (intent: Intent) => void;
  /** What is heard instead of `word`; null: nothing. */
  readonly hear?: (word: VenueEvent) => VenueEvent | null;
  /** Before every word. */
  readonly tick?: () => void;
}

export type PathMutation = (bridge: OrderPath, parts: Parts) => OrderPath;

/** A bridge that does something else now and then. Made anew with every process. */
export function twisted(make: (hands: Hands) => Twist): PathMutation {
  return (bridge, parts) => {
    const own: VenueEvent[] = [];
    let atUs = timeUs(0);
    const send = (intent: Intent): void => bridge.submit(intent, atUs);
    const force = (intent: Intent): void => parts.provider.submit(intent, atUs);
    const say = (word: VenueEvent): void => {
      own.push(word);
    };
    const { submit = send, hear = (word) => word, tick } = make({ ...parts, send, force, say });
    const due = (tsUs: TimeUs): VenueEvent | null => {
      atUs = tsUs;
      tick?.();
      for (;;) {
        const said = own.shift();
        if (said !== undefined) return { ...said, tsUs };
        const word = bridge.due(tsUs);
        const heard = word === null ? null : hear(word);
        if (word === null || heard !== null) return heard;
      }
    };
    return {
      submit: (intent, tsUs) => {
        atUs = tsUs;
        submit(intent);
      },
      due,
      onMarket: (event) => bridge.onMarket(event),
    };
  };
}
