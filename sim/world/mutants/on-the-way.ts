import { qty, SECOND_US, timeUs } from "@believe/shared/base";
import type { SnapshotEvent, VenueEvent } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import { VENUE } from "../venue/exchange.ts";
import { type PathMutation, type Twist, twisted } from "./path.ts";

type Intent = Body<"intent">;

const isNew = ({ action }: Intent): boolean => action !== "cancel" && action !== "move";

function answered(kind: "cancelled" | "acknowledged", { order, symbol }: Intent): VenueEvent {
  return { kind, tsUs: timeUs(0), order, symbol };
}

export const sendsAgain: PathMutation = twisted(({ send }): Twist => {
  let last: Intent | null = null;
  return {
    submit: (intent) => {
      if (isNew(intent)) last = intent;
      send(intent);
    },
    hear: (word) => {
      if ("order" in word && word.order === last?.order) last = null;
      if (last !== null && word.kind === "link" && word.state === "ready") send(last);
      return word;
    },
  };
});

export const readyTooSoon: PathMutation = twisted(({ force, say, venue }): Twist => {
  const tell = (): SnapshotEvent => ({
    kind: "snapshot",
    tsUs: timeUs(0),
    snapshot: venue.truth.snapshot(VENUE, "W1", true),
  });
  return {
    submit: force,
    hear: (word) => {
      if (word.kind !== "link" || word.state !== "syncing") return word;
      say(tell());
      say({ ...word, state: "ready" });
      return null;
    },
  };
});

export const keepsForLater: PathMutation = twisted(({ send, force, nowUs }): Twist => {
  let kept: { readonly intent: Intent; readonly atUs: number } | null = null;
  return {
    submit: (intent) => {
      if (intent.action === "enter") kept = { intent, atUs: nowUs() };
      else send(intent);
    },
    tick: () => {
      if (kept === null || nowUs() - kept.atUs < 10 * SECOND_US) return;
      force(kept.intent);
      kept = null;
    },
  };
});

export const countsTwice: PathMutation = twisted((): Twist => {
  const seen = new Set<string>();
  return {
    hear: (word) => {
      if (word.kind !== "execution") return word;
      if (seen.has(word.exec)) return { ...word, exec: `${word.exec}b` };
      seen.add(word.exec);
      return word;
    },
  };
});

export const wantsWordFirst: PathMutation = twisted((): Twist => {
  const known = new Set<string>();
  return {
    hear: (word) => {
      if (word.kind === "acknowledged") known.add(word.order);
      return word.kind === "execution" && !known.has(word.order) ? null : word;
    },
  };
});

export const deafToCorrections: PathMutation = twisted(() => ({
  hear: (word) => (word.kind === "correction" ? null : word),
}));

export const believesItself: PathMutation = twisted(() => ({
  hear: (word) => {
    if (word.kind !== "snapshot") return word;
    const { executions, positions } = word.snapshot;
    let lots = 0;
    for (const one of executions) {
      if (one.order !== null) lots += one.side === "buy" ? one.qty : -one.qty;
    }
    const own = positions.map((position) => ({ ...position, lots }));
    return { ...word, snapshot: { ...word.snapshot, positions: own } };
  },
}));

export const tidiesForeign: PathMutation = twisted(({ force }) => ({
  hear: (word) => {
    if (word.kind !== "foreign") return word;
    const none = { side: null, qty: null, type: null, price: null, stop: null };
    const { ref: order, symbol } = word.order;
    const of = { intent: "I-999999", order, strategy: "none", symbol, atUs: word.tsUs };
    force({ ...of, ...none, action: "cancel", reason: "tidy" });
    return word;
  },
}));

export const saysCancelled: PathMutation = twisted(({ send, say }) => ({
  submit: (intent) => {
    if (intent.action === "cancel") say(answered("cancelled", intent));
    else send(intent);
  },
}));

export const closesTwice: PathMutation = twisted(({ send }) => ({
  submit: (intent) => {
    const { action, qty: size } = intent;
    send(action === "exit" && size !== null ? { ...intent, qty: qty(size * 2) } : intent);
  },
}));

export const losesCancels: PathMutation = twisted(({ send }) => ({
  submit: (intent) => {
    if (intent.action !== "cancel") send(intent);
  },
}));

export const movesAtOnce: PathMutation = twisted(({ send, force }) => ({
  submit: (intent) => {
    send(intent);
    if (intent.action === "protect") force({ ...intent, action: "move" });
  },
}));

export const hearsNoEnd: PathMutation = twisted(({ force }) => ({
  submit: force,
  hear: (word) => (word.kind === "link" && word.state !== "ready" ? null : word),
}));

export const protectsInWords: PathMutation = twisted(({ send, say }) => ({
  submit: (intent) => {
    const { attach: _none, ...bare } = intent;
    if (intent.action === "protect") say(answered("acknowledged", intent));
    else send(bare);
  },
}));

export const stumbles: PathMutation = twisted(
  (): Twist => ({
    hear: (word) => {
      if (word.kind === "correction")
        throw new TypeError("expected another word, was a correction");
      return word;
    },
  }),
);
