/** Every fault that the world can draw, with how often, against the others, it does. */
export const FAULTS = {
  /** A word of the venue never arrives; the link is found out later. */
  "word-lost": 3,
  "word-late": 6,
  "word-twice": 6,
  /** A word overtakes the one before it. */
  "word-overtakes": 6,
  /** The link ends: requests and words under way may be lost or delivered before. */
  "link-drop": 10,
  /** The venue stays silent for a while, the link looks whole. */
  "half-open": 3,
  /** The venue forgets its connections and starts again. */
  "venue-restart": 3,
  "partial-fill": 12,
  /** The fill is told before anything else of its order. */
  "fill-first": 6,
  reject: 6,
  correction: 4,
  bust: 3,
  "execution-again": 4,
  "foreign-order": 3,
  /** Somebody trades the account by hand. */
  "hand-fill": 3,
  /** The agent's process ends without a word; what was not synced may be gone. */
  "agent-kill": 8,
  "power-cut": 4,
  "disk-full": 2,
  "sync-error": 2,
  "clock-jump": 4,
  "stale-feed": 4,
  command: 6,
} as const;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS).filter((kind): kind is FaultKind => kind in FAULTS);
