import { timeUs } from "@believe/shared/base";
import type { Mutation } from "../mutation.ts";
import * as way from "./on-the-way.ts";
import { twistedJournal } from "./record.ts";

/** A planted mistake and the invariant that has to find it. */
export interface Mutant {
  readonly invariant: number;
  /** What the agent does wrong. */
  readonly mistake: string;
  readonly mutation: Mutation;
}

const withoutAlarms = twistedJournal(() => (draft) => (draft.stream === "halt" ? [] : [draft]));

export const mutants: readonly Mutant[] = [
  {
    invariant: 1,
    mistake: "sends an order when its line is appended, before it is synced",
    mutation: {
      journal: twistedJournal((_recovered, { path, wallUs }) => (draft) => {
        if (draft.stream === "intent") path().submit(draft.body, timeUs(wallUs()));
        return [draft];
      }),
    },
  },
  {
    invariant: 2,
    mistake: "sends again, on a new connection, what was not answered",
    mutation: { path: way.sendsAgain },
  },
  {
    invariant: 3,
    mistake: "takes a connection for ready before it was told everything",
    mutation: { path: way.readyTooSoon },
  },
  {
    invariant: 4,
    mistake: "keeps an entry back and sends it later",
    mutation: { path: way.keepsForLater },
  },
  {
    invariant: 5,
    mistake: "counts its orders from one again after a start",
    mutation: {
      holdings: (state) => ({ ...state, counters: { intent: 0, order: 0, correction: 0 } }),
    },
  },
  {
    invariant: 6,
    mistake: "ends at a start what was under way at a venue that keeps orders",
    mutation: { keepsOrders: false },
  },
  {
    invariant: 7,
    mistake: "counts an execution that is told twice as two",
    mutation: { path: way.countsTwice },
  },
  {
    invariant: 8,
    mistake: "writes a late acknowledgement down after the order was filled",
    mutation: {
      journal: twistedJournal(() => (draft) => {
        if (draft.stream !== "order" || draft.body.state !== "filled") return [draft];
        return [draft, { ...draft, body: { ...draft.body, state: "acknowledged" } }];
      }),
    },
  },
  {
    invariant: 9,
    mistake: "books no execution of an order before its acknowledgement",
    mutation: { path: way.wantsWordFirst },
  },
  {
    invariant: 10,
    mistake: "does not hear corrections",
    mutation: { path: way.deafToCorrections },
  },
  {
    invariant: 11,
    mistake: "compares its position with its own executions",
    mutation: { path: way.believesItself },
  },
  {
    invariant: 12,
    mistake: "cancels what others rest in the account",
    mutation: { path: way.tidiesForeign },
  },
  {
    invariant: 13,
    mistake: "takes a cancel for done without asking",
    mutation: { path: way.saysCancelled },
  },
  {
    invariant: 14,
    mistake: "closes with twice the position and raises no alarm",
    mutation: { path: way.closesTwice, journal: withoutAlarms },
  },
  {
    invariant: 15,
    mistake: "loses cancels",
    mutation: { path: way.losesCancels },
  },
  {
    invariant: 16,
    mistake: "moves a stop before the venue has it",
    mutation: { path: way.movesAtOnce },
  },
  {
    invariant: 18,
    mistake: "enters with more lots than it may",
    mutation: { limits: { lots: 50, positionLotsMax: 100, notionalMinorMax: 10_000_000_000 } },
  },
  {
    invariant: 19,
    mistake: "writes a kill down and does not obey it",
    mutation: {
      obey: (loop, command, { journal }) => {
        if (command.kind !== "kill") {
          loop.onCommand(command);
          return;
        }
        journal.append({
          stream: "command",
          body: { atUs: loop.status()?.marketUs ?? 0, command },
        });
        journal.sync();
      },
    },
  },
  {
    invariant: 21,
    mistake: "goes on over a link whose end it did not take notice of",
    mutation: { path: way.hearsNoEnd },
  },
  {
    invariant: 22,
    mistake: "waits for ever for an answer",
    mutation: { answerWithinUs: Number.POSITIVE_INFINITY },
  },
  {
    invariant: 23,
    mistake: "falls over a word",
    mutation: { path: way.stumbles },
  },
  {
    invariant: 24,
    mistake: "stamps decisions with the wall clock",
    mutation: {
      journal: twistedJournal((_recovered, { wallUs }) => (draft) => {
        if (draft.stream !== "decision") return [draft];
        return [{ ...draft, body: { ...draft.body, atUs: wallUs() } }];
      }),
    },
  },
  {
    invariant: 25,
    mistake: "takes the lock of a process that runs",
    mutation: { seesOthers: false },
  },
  {
    invariant: 26,
    mistake: "halts without a record of it",
    mutation: { journal: withoutAlarms },
  },
  {
    invariant: 27,
    mistake: "takes a stop for resting without asking for it",
    mutation: { path: way.protectsInWords },
  },
];
