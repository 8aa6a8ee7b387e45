/** What stops an entry, in words that a person at the desk acts on. */
const WORDS: Readonly<Record<string, string>> = {
  "warming-up": "the strategy has not seen enough bars yet",
  starting: "the agent is starting",
  "stale-data": "the feed is not fresh",
  "no-quote": "one side of the market is unknown",
  "outside-rth": "it is outside regular hours",
  "near-boundary": "a session boundary is near",
  blackout: "a dated event is on",
  "roll-window": "the contract has rolled: the next one leads",
  expiry: "the contract expires",
  "orders-open": "an order of ours is open",
  "order-unknown": "an order is in doubt",
  "max-position": "the position is at its limit",
  "max-notional": "the position's value is at its limit",
  "order-rate": "too many orders in the last minute",
  "daily-loss": "the day's loss limit is reached",
  drawdown: "the drawdown limit is reached",
  "consecutive-losses": "too many losses in a row",
  "position-mismatch": "our position is not the venue's",
  "unknown-order": "the venue spoke of an order that we do not have",
  "double-order": "one order stands at the venue twice",
  "unintended-position": "a fill opened a position that no entry asked for",
  "protect-rejected": "the venue refused a protective stop",
  "exit-rejected": "the venue refused a way out",
  "late-fill": "a fill came after its cancel",
  "venue-not-ready": "the venue is not ready",
  "link-down": "the link to the venue is down",
  killed: "the kill switch is set",
  "close-only": "close-only is on",
  "not-armed": "nobody armed live trading for this session",
  "feed-stale": "no fresh market row",
  "venue-not-alive": "the venue does not answer",
  "invariant-broken": "the agent found a promise of its own broken",
  "clock-wrong": "this machine's clock is far off",
  "clock-skew": "this machine's clock is off",
  "disk-low": "the disk is nearly full",
};

/** A reason code as a clause; an unknown one is its own words. */
export function reasonWords(code: string): string {
  return WORDS[code] ?? code.replaceAll("-", " ");
}
