import { type LiveDelta, type LiveSnapshot, liveSnapshot } from "@believe/shared/wire";

/** What a delta does to the snapshot that a reader holds. */
export type DeltaOutcome =
  | { readonly kind: "applied"; readonly snapshot: LiveSnapshot }
  /** Older than what is held, or the same: nothing to do. */
  | { readonly kind: "old" }
  /** One or more versions are missing: fetch the whole snapshot. */
  | { readonly kind: "gap" };

export function applyDelta(snapshot: LiveSnapshot, delta: LiveDelta): DeltaOutcome {
  if (delta.n <= snapshot.n) return { kind: "old" };
  if (delta.n > snapshot.n + 1) return { kind: "gap" };
  const { changed } = delta;
  return {
    kind: "applied",
    snapshot: {
      n: delta.n,
      atUs: delta.atUs,
      broker: changed.broker === undefined ? snapshot.broker : changed.broker,
      research: changed.research === undefined ? snapshot.research : changed.research,
      figures: changed.figures === undefined ? snapshot.figures : changed.figures,
      log: changed.log ?? snapshot.log,
      fills: changed.fills ?? snapshot.fills,
      alarms: changed.alarms ?? snapshot.alarms,
      witnessing: changed.witnessing === undefined ? snapshot.witnessing : changed.witnessing,
    },
  };
}

/** The state that a frame tells alone, whatever was held before: it names every section. Null for a mere change. */
export function wholeOf({ n, atUs, changed }: LiveDelta): LiveSnapshot | null {
  const whole = liveSnapshot.safeParse({ n, atUs, ...changed });
  return whole.success ? whole.data : null;
}
