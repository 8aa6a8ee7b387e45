import { unreachable } from "@believe/shared/base";
import type { BrokerStatus } from "@believe/shared/wire";
import { counted, price } from "../ui/number.ts";
import { age, ctClock, ctMinute, dateText, limit } from "../ui/time.ts";
import { type Condition, conditionOf, type DocumentName, feedQuietUs } from "./condition.ts";
import type { PositionLine } from "./position.ts";
import type { LiveView } from "./view.ts";

/** A piece of the state sentence: a fact stands in ink, a joint recedes, what is bad is red. */
export interface SentencePart {
  readonly tone: "fact" | "joint" | "bad";
  readonly text: string;
}

const fact = (text: string): SentencePart => ({ tone: "fact", text });
const joint = (text: string): SentencePart => ({ tone: "joint", text });
const bad = (text: string): SentencePart => ({ tone: "bad", text });

function reasonWords(reasons: readonly string[]): string {
  return reasons.map((reason) => reason.replaceAll("-", " ")).join(", ");
}

function lineWords(line: PositionLine): string {
  const side = line.lots > 0 ? "long" : "short";
  const from = line.averagePrice === null ? "" : ` from ${price(line.averagePrice)}`;
  return `${side} ${Math.abs(line.lots)} ${line.symbol}${from}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Where we stand, as a fact and what holds it: "Long 2 MESH4 from 4801.50" + ", stop at 4797.50." */
function standing(status: BrokerStatus, still: boolean): SentencePart[] {
  if (status.positions === null) return [joint("Position is not shown for this account.")];
  const open = status.positions.filter((line) => line.lots !== 0);
  if (open.length === 0) return [still ? joint("Flat.") : fact("Flat.")];
  const words = open.map(lineWords).join(" and ");
  const stops = open.flatMap((line) => (line.stop === null ? [] : [price(line.stop)]));
  const held =
    stops.length === open.length
      ? `, stop at ${stops.join(" and ")}.`
      : ", not every lot has a stop.";
  const said = still ? `Still ${words}` : capital(words);
  return [
    still ? joint(said) : fact(said),
    stops.length === open.length ? joint(held) : fact(held),
  ];
}

/** When the copy that is shown was true, in exchange time of the market that it speaks of. */
export function copyTime(view: LiveView): string {
  const marketUs = view.broker.state === "read" ? view.broker.value.marketUs : null;
  return `${ctClock(marketUs ?? view.takenUs)} CT`;
}

function recordWords(view: LiveView): SentencePart[] {
  const { size, minute } = view.log;
  if (size === 0 || minute === null) return [joint("No minute of the record is sealed yet.")];
  const to = ctMinute(Date.parse(minute) * 1000);
  return [joint(`The record is sealed to ${to} CT, ${counted(size, "leaf", "leaves")}.`)];
}

function refusal(what: DocumentName): SentencePart[] {
  const many = what === "figures";
  return [
    fact(`The ${what} ${many ? "are" : "is"} not what was signed.`),
    joint(`${many ? "Their" : "Its"} signature does not fit the agent's key. Do not rely on the`),
    joint("values that are struck through; the record itself is checked apart from them."),
  ];
}

/** How many trade dates had to be open: "2 days overdue". */
export function overdueCount(days: LiveView["overdue"]): string {
  return `${counted(days.length, "day")} overdue`;
}

function overdueWords(days: LiveView["overdue"]): SentencePart[] {
  const [oldest] = days;
  if (oldest === undefined) return [];
  const which = dateText(oldest.tradeDate);
  const [date = "", clock = ""] = oldest.due.split("T");
  return [
    bad(`${overdueCount(days)}.`),
    joint(days.length === 1 ? which : `The oldest, ${which},`),
    joint(`had to open at ${clock} CT on ${dateText(date)} and is not all open.`),
  ];
}

/** The sentence of a condition that leaves no status to speak of. */
function bare(condition: Condition, view: LiveView): SentencePart[] | null {
  switch (condition.kind) {
    case "offline":
      return [
        fact("You are offline."),
        joint(`This copy was true at ${copyTime(view)} and nothing below is moving.`),
        fact("It returns by itself."),
      ];
    case "not-what-was-signed":
      return refusal(condition.what);
    case "line-differs":
      return [
        fact("One line is not what was signed."),
        joint("It was shown as pending and its leaf holds another."),
      ];
    case "forked":
      return [
        fact("The log is frozen: the agent’s key signed two histories."),
        joint(`The edge saw: ${condition.detail.replace(/\.?$/, ".")}`),
        joint(
          "Both are kept at /log/broker/forks; nothing new is added until the operator says which one goes on.",
        ),
      ];
    case "overdue":
      return overdueWords(condition.days);
    case "unreadable":
      return [
        fact(`The ${condition.what} that arrived cannot be read.`),
        joint("It is not shown. The record is not affected; the next message replaces it."),
      ];
    case "no-word":
      return [
        fact("The broker agent has not reported yet."),
        joint(
          "Nothing is known of position or feed; this page fills with its first signed status.",
        ),
      ];
    case "lease-broken":
      return [
        fact(`The broker agent has been silent for ${age(condition.silentUs)}.`),
        joint(`Its word held for ${limit(condition.leaseUs)}. What is below was true at`),
        joint(`${copyTime(view)}; nobody knows it now.`),
      ];
    default:
      return null;
  }
}

function quietWords(condition: Condition, view: LiveView, status: BrokerStatus): SentencePart[] {
  switch (condition.kind) {
    case "feed-waiting":
      return [
        fact("The feed has not sent a row yet."),
        ...standing(status, true),
        joint("New entries are off until ticks arrive."),
      ];
    case "feed-stale":
      return [
        fact(`The feed has been quiet for ${age(condition.quietUs)}.`),
        ...standing(status, true),
        joint("New entries are off until ticks return; exits stay armed."),
      ];
    case "feed-ended":
      return [
        fact(`The tape ended at ${copyTime(view)}.`),
        ...standing(status, true),
        ...recordWords(view),
      ];
    case "venue-down":
      return [
        fact("The venue does not answer."),
        ...standing(status, true),
        joint("No order is sent until it does."),
      ];
    default:
      return [];
  }
}

/** The true sentence at the top of the Live page: what stands, how old it is, how far it is sealed. */
export function stateSentence(view: LiveView): SentencePart[] {
  const condition = conditionOf(view);
  const short = bare(condition, view);
  if (short) return short;
  if (view.broker.state !== "read") return [];
  const status = view.broker.value;
  switch (condition.kind) {
    case "well":
      return [
        ...standing(status, false),
        joint(`The feed is ${age(feedQuietUs(view))} old.`),
        ...recordWords(view),
      ];
    case "entries-off":
      return [
        ...standing(status, false),
        fact(`New entries are off: ${reasonWords(condition.reasons) || "no reason was given"}.`),
        ...recordWords(view),
      ];
    case "feed-waiting":
    case "feed-stale":
    case "feed-ended":
    case "venue-down":
      return quietWords(condition, view, status);
    case "offline":
    case "not-what-was-signed":
    case "line-differs":
    case "forked":
    case "overdue":
    case "unreadable":
    case "no-word":
    case "lease-broken":
      return [];
    default:
      return unreachable(condition);
  }
}

/** The sentence as plain text. */
export function sentenceText(parts: readonly SentencePart[]): string {
  return parts
    .map((part, i) => (i > 0 && !/^[,;.]/.test(part.text) ? ` ${part.text}` : part.text))
    .join("");
}
