/** Every fault that the world can draw, with how often, against the others, it does. */
export const FAULTS = {
  /** A word of the venue never arrives; the link is found out later. */
  "word-lost": 6,
  "word-late": 6,
  "word-twice": 6,
  /** A word overtakes the one before it. */
  "word-overtakes": 6,
  /** The link ends: requests and words under way may be lost or delivered before. */
  "link-drop": 6,
  /** The link ends right after a request left: it arrived or not, and nothing was heard of it. */
  "drop-in-flight": 22,
  /** The full state of a new connection comes late. */
  "snapshot-late": 4,
  /** The venue stays silent for a while, the link looks whole. */
  "half-open": 4,
  /** The venue forgets its connections and starts again. */
  "venue-restart": 4,
  "partial-fill": 10,
  /** The fill is told before anything else of its order. */
  "fill-first": 8,
  reject: 8,
  correction: 5,
  bust: 4,
  "execution-again": 5,
  "foreign-order": 3,
  /** Somebody trades the account by hand. */
  "hand-fill": 3,
  /** The agent's process ends without a word, between any two operations of its disk. */
  "agent-kill": 5,
  /** The machine loses its power: what was not synced may be gone or torn. */
  "power-cut": 4,
  "disk-full": 4,
  "sync-error": 4,
  /** The wall clock is set forward or back. */
  "clock-jump": 4,
  /** The machine sleeps for a while, the venue goes on. */
  suspend: 3,
  "stale-feed": 4,
  /** A person's act at any moment. */
  command: 8,
  /** Somebody starts the agent a second time. */
  "second-start": 3,
} as const;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS).filter((kind): kind is FaultKind => kind in FAULTS);

/** Those that wait for the next thing of their kind that the venue does. */
export const WAITING = [
  "word-lost",
  "word-late",
  "word-twice",
  "word-overtakes",
  "drop-in-flight",
  "snapshot-late",
  "partial-fill",
  "fill-first",
  "reject",
] as const satisfies readonly FaultKind[];
