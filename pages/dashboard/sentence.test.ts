import { describe, expect, test } from "vitest";
import { type Condition, conditionOf } from "./condition.ts";
import {
  hoursBetween,
  SAMPLE_NOW_US,
  type SampleChange,
  sampleLive,
  sampleSigners,
  sampleSnapshot,
  sampleStatus,
} from "./sample.ts";
import { sentenceText, stateSentence } from "./sentence.ts";
import { type Reading, UNCHECKED, viewOf } from "./view.ts";

const signers = await sampleSigners();
/** From the session of Monday 16 November on, of Tuesday 17, of Wednesday 18. */
const from = {
  monday: hoursBetween("2026-11-15T23:00:00Z", "2026-11-20T14:40:00Z"),
  tuesday: hoursBetween("2026-11-16T23:00:00Z", "2026-11-20T14:40:00Z"),
  wednesday: hoursBetween("2026-11-17T23:00:00Z", "2026-11-20T14:40:00Z"),
};
const overdueLaterUs = Date.parse("2026-11-20T23:30:00Z") * 1000 - SAMPLE_NOW_US;
const hidden = "Position is not shown for this account.";
const { feed } = sampleStatus();
const flat = { symbol: "MESH4", lots: 0, averagePrice: null, stop: null, last: "4803.25" };

interface Case {
  readonly kind: Condition["kind"];
  readonly says: string;
  readonly change?: SampleChange;
  readonly laterUs?: number;
  readonly reading?: Reading;
}

const cases: Case[] = [
  {
    kind: "well",
    says: "Long 2 MESH4 from 4801.50, stop at 4797.50. The feed is 0.2 s old. The record is sealed to 13:50 CT, 332 leaves.",
  },
  {
    kind: "well",
    change: { status: { positions: [flat] } },
    says: "Flat. The feed is 0.2 s old. The record is sealed to 13:50 CT, 332 leaves.",
  },
  {
    kind: "well",
    change: { status: { positions: null } },
    says: "Position is not shown for this account. The feed is 0.2 s old. The record is sealed to 13:50 CT, 332 leaves.",
  },
  {
    kind: "well",
    change: {
      status: { positions: [{ ...flat, lots: -1, averagePrice: "4799.25" }] },
      snapshot: { log: { size: 0, root: null, minute: null, opened: 0, unopenedHours: [] } },
    },
    says: "Short 1 MESH4 from 4799.25, not every lot has a stop. The feed is 0.2 s old. No minute of the record is sealed yet.",
  },
  {
    // While a trade is open there is no second entry: the position says it already.
    kind: "well",
    change: { status: { entries: { allowed: false, reasons: ["orders-open", "max-position"] } } },
    says: "Long 2 MESH4 from 4801.50, stop at 4797.50. The feed is 0.2 s old. The record is sealed to 13:50 CT, 332 leaves.",
  },
  {
    kind: "entries-off",
    change: {
      status: {
        positions: [flat],
        entries: { allowed: false, reasons: ["max-position", "daily-loss"] },
      },
    },
    says: "Flat. New entries are off: daily loss. The record is sealed to 13:50 CT, 332 leaves.",
  },
  {
    kind: "entries-off",
    change: { status: { positions: [flat], entries: { allowed: false, reasons: ["warming-up"] } } },
    says: "Flat. New entries are off: warming up. The record is sealed to 13:50 CT, 332 leaves.",
  },
  {
    kind: "feed-stale",
    change: {
      status: { feed: { ...feed, state: "stale", lastRowAtUs: SAMPLE_NOW_US - 194_000_000 } },
    },
    says: "The feed has been quiet for 3 min 14 s. Still long 2 MESH4 from 4801.50, stop at 4797.50. New entries are off until ticks return; exits stay armed.",
  },
  {
    kind: "feed-waiting",
    change: { status: { positions: [], feed: { ...feed, state: "waiting", lastRowAtUs: null } } },
    says: "The feed has not sent a row yet. Flat. New entries are off until ticks arrive.",
  },
  {
    kind: "feed-ended",
    change: { status: { positions: [flat], feed: { ...feed, state: "ended" } } },
    says: "The tape ended at 13:52:14 CT. Flat. The record is sealed to 13:50 CT, 332 leaves.",
  },
  {
    kind: "venue-down",
    change: { status: { venue: { name: "paper", state: "down", resting: 0 } } },
    says: "The venue does not answer. Still long 2 MESH4 from 4801.50, stop at 4797.50. No order is sent until it does.",
  },
  {
    kind: "lease-broken",
    laterUs: 60_000_000,
    says: "The broker agent has been silent for 60 s. Its word held for 30 s. What is below was true at 13:52:14 CT; nobody knows it now.",
  },
  {
    kind: "no-word",
    change: { snapshot: { broker: null } },
    says: "The broker agent has not reported yet. Nothing is known of position or feed; this page fills with its first signed status.",
  },
  {
    kind: "unreadable",
    change: { snapshot: { broker: "not a note" } },
    says: "The status that arrived cannot be read. It is not shown. The record is not affected; the next message replaces it.",
  },
  {
    kind: "offline",
    reading: { link: "offline" },
    says: "You are offline. This copy was true at 13:52:14 CT and nothing below is moving. It returns by itself.",
  },
  {
    kind: "not-what-was-signed",
    reading: { proofs: { ...UNCHECKED, figures: "failed" } },
    says: "The figures are not what was signed. Their signature does not fit the agent's key. Do not rely on the values that are struck through; the record itself is checked apart from them.",
  },
  {
    kind: "line-differs",
    change: { snapshot: { alarms: [{ kind: "pending-differs", atUs: 1, detail: "line 7" }] } },
    says: "One line is not what was signed. It was shown as pending and its leaf holds another.",
  },
  {
    kind: "forked",
    change: { snapshot: { alarms: [{ kind: "fork", atUs: 1, detail: "size 9" }] } },
    says: "The log is frozen: the agent’s key signed two histories. The edge saw: size 9. Both are kept at /log/broker/forks; nothing new is added until the operator says which one goes on.",
  },
  {
    kind: "overdue",
    change: sampleLive(from.monday),
    says: "2 days overdue. The oldest, Mon 16 Nov 2026, had to open at 17:30 CT on Tue 17 Nov 2026 and is not all open.",
  },
  {
    kind: "overdue",
    change: sampleLive(from.tuesday),
    says: "1 day overdue. Tue 17 Nov 2026 had to open at 17:30 CT on Wed 18 Nov 2026 and is not all open.",
  },
  {
    // Due since yesterday, overdue from this very second on.
    kind: "overdue",
    change: sampleLive(from.wednesday),
    laterUs: overdueLaterUs,
    says: "1 day overdue. Wed 18 Nov 2026 had to open at 17:30 CT on Thu 19 Nov 2026 and is not all open.",
  },
  {
    kind: "lease-broken",
    change: sampleLive(from.wednesday),
    laterUs: overdueLaterUs - 1,
    says: "The broker agent has been silent for 8 h 49 min. Its word held for 30 s. What is below was true at 08:40:01 CT; nobody knows it now.",
  },
  {
    kind: "well",
    change: sampleLive(from.wednesday),
    says: `${hidden} The feed is 0.2 s old. The record is sealed to 08:38 CT, 9,332 leaves.`,
  },
  {
    // The status calls itself paper; what the estate says counts.
    kind: "overdue",
    change: { snapshot: sampleLive(from.tuesday).snapshot ?? {} },
    reading: { kind: "live" },
    says: "1 day overdue. Tue 17 Nov 2026 had to open at 17:30 CT on Wed 18 Nov 2026 and is not all open.",
  },
  {
    // A paper account opens at once and by no date.
    kind: "well",
    change: { snapshot: sampleLive(from.monday).snapshot ?? {} },
    reading: { kind: "paper" },
    says: "Long 2 MESH4 from 4801.50, stop at 4797.50. The feed is 0.2 s old. The record is sealed to 08:38 CT, 9,332 leaves.",
  },
];

describe("the state sentence", () => {
  test("lets the feed grow old with a status that is overdue", async () => {
    const snapshot = await sampleSnapshot(signers);
    const view = viewOf(snapshot, SAMPLE_NOW_US + 20_000_000);
    expect(conditionOf(view).kind).toBe("well");
    expect(sentenceText(stateSentence(view))).toMatch(/The feed is 20(\.\d)? s old\./);
  });

  test.each(cases)("$kind: $says", async ({ kind, says, change, laterUs = 0, reading }) => {
    const snapshot = await sampleSnapshot(signers, change);
    const view = viewOf(snapshot, SAMPLE_NOW_US + laterUs, reading);
    expect(conditionOf(view).kind).toBe(kind);
    expect(sentenceText(stateSentence(view))).toBe(says);
  });

  test("never calls anything witnessed", () => {
    expect(cases.some(({ says }) => says.includes("witnessed"))).toBe(false);
  });
});
