import { seededRng } from "@believe/shared/base";
import { Holdings, type OrderWord, signOf } from "@believe/shared/trade";
import type { Draft } from "@believe/shared/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resumeState } from "./resume-state.ts";
import {
  acknowledged,
  cancelled,
  corrected,
  executed,
  intent,
  MES,
  type Scene,
  sceneOf,
} from "./venue.fixture.ts";

const ORDERS = ["B-000001", "B-000002", "B-000003"] as const;
const ASKED = [
  intent({ qty: 9 }),
  intent({ intent: "I-000002", order: "B-000002", qty: 9, side: "sell", action: "exit" }),
  intent({ intent: "I-000003", order: "B-000003", qty: 9 }),
];
const SIDES = [1, -1, 1] as const;

/** One execution as the venue has it: its revisions from 0 on, a quantity of 0 takes it back. */
const told = fc.record({
  order: fc.nat(2),
  revisions: fc.array(
    fc.record({ lots: fc.nat(3), price: fc.integer({ min: 19_100, max: 19_300 }) }),
    { minLength: 1, maxLength: 3 },
  ),
});
const story = fc.record({
  executions: fc.array(told, { maxLength: 6 }),
  acknowledges: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  cancels: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
});
type Story = typeof story extends fc.Arbitrary<infer One> ? One : never;

function wordsOf({ executions, acknowledges, cancels }: Story): OrderWord[] {
  const of = (flags: readonly boolean[], word: (order: string) => OrderWord) =>
    ORDERS.flatMap((order, n) => (flags[n] ? [word(order)] : []));
  const words = executions.flatMap(({ order, revisions }, n) => {
    const [id, sign] = [ORDERS[order] ?? ORDERS[0], SIDES[order] ?? 1];
    return revisions.map(({ lots, price }, revision) =>
      revision === 0
        ? executed(id, n, sign * Math.max(1, lots), price)
        : corrected(id, n, { revision, lots: sign * lots, price }),
    );
  });
  return [...of(acknowledges, acknowledged), ...words, ...of(cancels, cancelled)];
}

/** The same words in another order, some of them twice. */
function shuffled(words: readonly OrderWord[], seed: string): OrderWord[] {
  const rng = seededRng(seed);
  const twice = words.flatMap((word) => (rng.below(3) === 0 ? [word, word] : [word]));
  return twice
    .map((word) => ({ word, at: rng.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ word }) => word);
}

function heard(words: readonly OrderWord[]): Scene {
  const scene = sceneOf(ASKED);
  for (const word of words) scene.hear(word);
  return scene;
}

/** Everything of a book that does not depend on which lot closed which. */
function bookOf(scene: Scene) {
  const holdings = scene.holdings();
  const { net, lots, realised } = holdings;
  const { booked } = holdings.state().ledger;
  const openCost = (lots.side === "sell" ? -1 : 1) * lots.cost * MES.tickValueMinor;
  const executions = booked
    .map(({ exec, revision, side, qty, price }) => `${exec} ${revision} ${side} ${qty} ${price}`)
    .sort();
  return { net, cash: realised - openCost, executions };
}

/** What the venue's own count gives: each execution at its last revision. */
function truthOf({ executions }: Story): number {
  let net = 0;
  for (const { order, revisions } of executions) {
    const last = revisions.at(-1)?.lots ?? 0;
    net += (SIDES[order] ?? 1) * (revisions.length === 1 ? Math.max(1, last) : last);
  }
  return net;
}

describe("words of a venue", () => {
  it("give one book in any order, however often each is said", () => {
    fc.assert(
      fc.property(story, fc.string({ maxLength: 4 }), (one, seed) => {
        const words = wordsOf(one);
        const book = bookOf(heard(words));
        expect(bookOf(heard(shuffled(words, seed)))).toEqual(book);
        expect(book.net).toEqual(truthOf(one));
      }),
      { numRuns: 150 },
    );
  });

  it("are checked by a comparison that sees a lost word and a changed quantity", () => {
    const words = [acknowledged(), executed("B-000001", 1, 2), executed("B-000002", 1, -1)];
    const book = bookOf(heard(words));
    expect(bookOf(heard(words.slice(0, 2)))).not.toEqual(book);
    expect(bookOf(heard([...words.slice(0, 2), executed("B-000002", 1, -2)]))).not.toEqual(book);
  });

  it("make a position that is the sum of the executions, and fills that never shrink", () => {
    fc.assert(
      fc.property(story, fc.string({ maxLength: 4 }), (one, seed) => {
        const scene = sceneOf(ASKED);
        let filled = ORDERS.map(() => 0);
        for (const word of shuffled(wordsOf(one), seed)) {
          scene.hear(word);
          const holdings = scene.holdings();
          const { booked } = holdings.state().ledger;
          const sum = booked.reduce((lots, { side, qty }) => lots + signOf(side) * qty, 0);
          expect(holdings.net).toBe(sum);
          const now = ORDERS.map((order) => Number(holdings.orderOf(order)?.filled));
          // What is taken back does not come back to its order: the venue is done with those lots.
          now.forEach((lots, n) => {
            expect(lots).toBeGreaterThanOrEqual(filled[n] ?? 0);
          });
          filled = now;
        }
      }),
      { numRuns: 100 },
    );
  });

  it("leave records that build the same state again, byte for byte, from any cut", () => {
    fc.assert(
      fc.property(story, fc.string({ maxLength: 4 }), fc.nat(60), (one, seed, at) => {
        const scene = heard(shuffled(wordsOf(one), seed));
        const whole = JSON.stringify(scene.holdings().state());
        const holdings = new Holdings(MES, scene.began);
        const written: Draft[] = scene.drafts.slice(0, Math.min(at, scene.drafts.length));
        for (const draft of written) holdings.apply(draft);
        // A crash between the records of one execution or correction: the rest is owed with the same bytes.
        for (let owed = holdings.owed(); owed; owed = holdings.owed()) {
          expect(owed).toEqual(scene.drafts[written.length]);
          written.push(owed);
          holdings.apply(owed);
        }
        const text = JSON.stringify(holdings.state());
        const parsed = resumeState.shape.holdings.parse(JSON.parse(text));
        const again = new Holdings(MES, parsed);
        for (const draft of scene.drafts.slice(written.length)) again.apply(draft);
        expect(JSON.stringify(again.state())).toBe(whole);
      }),
      { numRuns: 150 },
    );
  });
});
