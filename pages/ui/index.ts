export {
  type Category,
  ProofMark,
  type ProofMarkKind,
  Spoken,
  Square,
  StatusMark,
} from "./mark.tsx";
export { Money } from "./money.tsx";
export {
  counted,
  countText,
  lotsText,
  type MoneyText,
  money,
  pointsText,
  price,
  shortHash,
} from "./number.ts";
export { type RailFacts, SessionRail, type Stretch } from "./session-rail.tsx";
export { type SessionSpan, sessionSpan, shareOf } from "./session-span.ts";
export {
  age,
  ctClock,
  ctDate,
  ctEvent,
  ctInstant,
  ctMinute,
  ctOffset,
  dateText,
  limit,
  sessionMinute,
  span,
  utcClock,
  utcStamp,
} from "./time.ts";
