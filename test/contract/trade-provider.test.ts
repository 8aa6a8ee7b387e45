import type { TradeProvider, VenueEvent } from "@believe/shared/trade";
import { describe, expect, it } from "vitest";
import { paperRig } from "./paper-rig.ts";
import { sierraRig } from "./sierra-rig.ts";
import type { RigMaker, Wrap } from "./trade-rig.ts";
import { type TradeRow, tradeRows } from "./trade-rows.ts";

const asIs: Wrap = (provider) => provider;

function runRow(maker: RigMaker, row: TradeRow, wrap: Wrap): void {
  const rig = maker.make(wrap);
  try {
    row.run(rig);
  } finally {
    rig.close();
  }
}

/** A sentence that does not hold for a provider that was tampered with. */
function broken(maker: RigMaker, wrap: Wrap): string | undefined {
  const rows = tradeRows.filter((row) => row.applies(maker.capabilities));
  return rows.find((row) => {
    try {
      runRow(maker, row, wrap);
      return false;
    } catch {
      return true;
    }
  })?.says;
}

/** Hands on what `change` makes of each word. */
function tampering(change: (word: VenueEvent, nth: number) => VenueEvent[]): Wrap {
  return (provider): TradeProvider => {
    const waiting: VenueEvent[] = [];
    let nth = 0;
    return {
      capabilities: provider.capabilities,
      submit: (intent, tsUs) => provider.submit(intent, tsUs),
      onMarket: (event) => provider.onMarket(event).flatMap((word) => change(word, ++nth)),
      due(tsUs) {
        for (let word = provider.due(tsUs); word; word = provider.due(tsUs)) {
          waiting.push(...change(word, ++nth));
        }
        return waiting.shift() ?? null;
      },
    };
  };
}

const faults: Readonly<Record<string, Wrap>> = {
  "forgets executions": tampering((word) => (word.kind === "execution" ? [] : [word])),
  "doubles executions under new names": tampering((word, nth) =>
    word.kind === "execution" ? [word, { ...word, exec: `${word.exec}-${nth}` }] : [word],
  ),
  "answers twice": tampering((word) => (word.kind === "acknowledged" ? [word, word] : [word])),
  "sends an order twice": (provider) => ({
    capabilities: provider.capabilities,
    due: (tsUs) => provider.due(tsUs),
    onMarket: (event) => provider.onMarket(event),
    submit(intent, tsUs) {
      provider.submit(intent, tsUs);
      const isNew = intent.action !== "cancel" && intent.action !== "move";
      if (isNew) provider.submit({ ...intent, order: `${intent.order}-again` }, tsUs);
    },
  }),
  "says nothing of the link": tampering((word) => (word.kind === "link" ? [] : [word])),
};

const makers = [
  {
    maker: paperRig,
    not: [
      "tells each part of an order under its own name",
      "does not count what the venue tells twice",
      "takes the link down in silence, and is ready only after a snapshot that lists what rests",
      "leaves an order in flight at a drop to the snapshot and never sends it again",
      "has the stop of an entry rest at the venue, from its first fill on",
      "lets one filled child cancel the other",
      "takes the children of an entry back with it",
      "shows an order of somebody else and what it did to the position",
    ],
    blindTo: ["says nothing of the link"],
  },
  { maker: sierraRig, not: [], blindTo: [] },
];

describe.each(makers)("a trade provider: $maker.capabilities.name", ({ maker, not, blindTo }) => {
  const { capabilities } = maker;
  for (const row of tradeRows) {
    if (row.applies(capabilities)) it(row.says, () => runRow(maker, row, asIs));
    else it.skip(`${row.says} (does not apply to ${capabilities.name})`);
  }

  it("is excused from exactly the sentences that its capabilities exclude", () => {
    const excused = tradeRows.filter((row) => !row.applies(capabilities));
    expect(excused.map(({ says }) => says)).toEqual(not);
  });

  it.each(Object.keys(faults).filter((name) => !blindTo.includes(name)))(
    "is caught when it %s",
    (name) => {
      expect(broken(maker, faults[name] ?? asIs)).toBeDefined();
    },
  );
});
