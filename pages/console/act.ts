import type { Command, ConsoleState } from "@believe/shared/wire";

/** A command as the page puts it together; the server adds who gave it and why. */
export type Act = Command extends infer One
  ? One extends Command
    ? Omit<One, "by" | "reason">
    : never
  : never;

/** A command that a person may choose now, with what it does in words. */
export interface Offer {
  readonly act: Act;
  readonly title: string;
  readonly does: string;
  /** The word to type. */
  readonly confirm: string;
  readonly tone: "danger" | "plain";
}

function adoption({
  reconciliation,
  position,
}: ConsoleState): { lots: number; symbol: string } | null {
  if (reconciliation === null || reconciliation.verdict !== "mismatch") return null;
  const differs = reconciliation.positions.find(({ ours, theirs }) => ours !== theirs);
  return differs
    ? { lots: differs.theirs, symbol: differs.symbol }
    : { lots: 0, symbol: position.symbol };
}

const lotsWords = (lots: number, symbol: string): string =>
  lots === 0 ? "flat" : `${Math.abs(lots)} ${symbol} ${lots > 0 ? "long" : "short"}`;

/** What leaves the market: always there, in this order. */
export function safetyOffers({ latches, position }: ConsoleState): Offer[] {
  const kill: Offer = {
    act: { kind: "kill", flatten: false },
    title: "Kill",
    does: "No new order leaves from now on and every working order of ours is cancelled, the protective stop too. The position stays. It holds over restarts until a person clears it.",
    confirm: "KILL",
    tone: "danger",
  };
  const unkill: Offer = {
    act: { kind: "unkill" },
    title: "Clear the kill",
    does: "Orders may leave again. Standing halts stay until they are resumed.",
    confirm: position.symbol,
    tone: "plain",
  };
  const killFlat: Offer = {
    act: { kind: "kill", flatten: true },
    title: "Kill and flatten",
    does: `Cancels every working order of ours, closes the position (${lotsWords(position.lots, position.symbol)}) at the market, and lets no new order leave.`,
    confirm: "KILL",
    tone: "danger",
  };
  const flatten: Offer = {
    act: { kind: "flatten" },
    title: "Flatten",
    does: `Closes the position (${lotsWords(position.lots, position.symbol)}) at the market. New entries stay possible.`,
    confirm: "FLATTEN",
    tone: "danger",
  };
  return latches.killed ? [killFlat, flatten, unkill] : [kill, killFlat, flatten];
}

/** What changes how it goes on. */
export function deskOffers(state: ConsoleState): Offer[] {
  const { latches, account, position, session } = state;
  const plain = { confirm: position.symbol, tone: "plain" } as const;
  const offers: Offer[] = [
    latches.closeOnly
      ? {
          act: { kind: "close-only", on: false },
          title: "End close-only",
          does: "New positions are possible again.",
          ...plain,
        }
      : {
          act: { kind: "close-only", on: true },
          title: "Close-only",
          does: "No new position from now on; exits, stops and cancels go on.",
          ...plain,
        },
    {
      act: { kind: "resume" },
      title: "Resume",
      does: "Clears the standing halts. What still holds halts again at once.",
      ...plain,
    },
  ];
  const adopted = adoption(state);
  if (adopted !== null) {
    offers.push({
      act: { kind: "adopt", ...adopted, price: position.last ?? "0" },
      title: "Adopt the venue's position",
      does: `Our book becomes ${lotsWords(adopted.lots, adopted.symbol)}, at the price below. It is journaled as an adoption, never as a fill.`,
      ...plain,
    });
  }
  if (account.kind === "live" && session !== null) {
    offers.push(
      latches.armed === null
        ? {
            act: { kind: "arm", tradeDate: session.tradeDate },
            title: "Arm live trading",
            does: `Orders may leave for the live account ${account.name} until the trade date ${session.tradeDate} ends.`,
            confirm: account.name,
            tone: "danger",
          }
        : {
            act: { kind: "disarm" },
            title: "Disarm",
            does: "No new entry leaves any more.",
            ...plain,
          },
    );
  }
  return offers;
}

/** Takes one working order of ours back. */
export function cancelOffer(order: string, symbol: string): Offer {
  return {
    act: { kind: "cancel", order },
    title: `Cancel ${order}`,
    does: `Asks the venue to cancel ${order}. If it is the protective stop, another is asked for at once.`,
    confirm: symbol,
    tone: "plain",
  };
}
