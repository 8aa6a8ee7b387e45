import { invariant } from "@believe/shared/base";
import { instrumentOf } from "@believe/shared/market";
import { SESSION_CLOSE, SESSION_OPEN } from "./activity.ts";
import { chicagoUs, dayAfter } from "./chicago.ts";
import { Market, type Profile, type Session } from "./market.ts";
import type { Tape } from "./tape.ts";

const PROFILES: Readonly<Record<string, Profile>> = {
  ES: { depth: 90, largestTrade: 60, baseTicks: 4800 * 4 },
  MES: { depth: 45, largestTrade: 24, baseTicks: 4800 * 4 },
};

const FIRST_DAY = "2024-01-09";
const FIRST_MINUTE = 8 * 60 + 20;
const FOLLOWING_SESSIONS = 3;

function sessions(): readonly [Session, ...Session[]] {
  let day = FIRST_DAY;
  const first: Session = {
    startUs: chicagoUs(day, FIRST_MINUTE),
    startMinute: FIRST_MINUTE,
    endUs: chicagoUs(day, SESSION_CLOSE),
  };
  const all: [Session, ...Session[]] = [first];
  for (let i = 0; i < FOLLOWING_SESSIONS; i++) {
    const startUs = chicagoUs(day, SESSION_OPEN);
    day = dayAfter(day);
    all.push({ startUs, startMinute: SESSION_OPEN, endUs: chicagoUs(day, SESSION_CLOSE) });
  }
  return all;
}

/**
 * A made-up market in constant memory, from 08:20 of a Tuesday in Chicago to the end of the third following
 * session, with the daily break left empty. The same seed and symbol give the same rows on every runtime.
 */
export function seededTape(options: { readonly seed: string; readonly symbol?: string }): Tape {
  const symbol = options.symbol ?? "MESH4";
  const profile = PROFILES[instrumentOf(symbol).root];
  invariant(profile, `every known product has a profile, ${symbol} too`);
  const plan = sessions();
  const last = plan[plan.length - 1] ?? plan[0];
  return {
    info: {
      name: `seeded ${symbol} ${options.seed}`,
      symbol,
      startUs: plan[0].startUs,
      endUs: last.endUs,
      seeded: true,
    },
    columns: null,
    *rows() {
      const market = new Market(`${options.seed}/${symbol}`, profile);
      for (const session of plan) yield* market.session(session);
    },
  };
}
