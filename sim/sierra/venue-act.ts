import { Failure, priceTicks } from "@believe/shared/base";
import type { HeldOrder, Placing } from "./trade-venue.ts";

export class ActFailure extends Failure<"bad-act"> {}

/** One act of an account at the venue; `seen` market events came before it. */
export type VenueAct = { readonly seen: number } & (
  | { readonly act: "place"; readonly placing: Placing }
  | { readonly act: "cancel"; readonly id: number }
  | {
      readonly act: "modify";
      readonly id: number;
      readonly price: HeldOrder["price"];
      readonly lots: number;
    }
);

/** The line of an act: cells separated by commas, prices in ticks, a blank cell for none. */
export function actLine(act: VenueAct): string {
  switch (act.act) {
    case "place": {
      const { tag, side, type, qty, price, stop, target } = act.placing;
      return [act.seen, act.act, tag, side, type, qty, price, stop, target].join(",");
    }
    case "cancel":
      return [act.seen, act.act, act.id].join(",");
    case "modify":
      return [act.seen, act.act, act.id, act.price, act.lots].join(",");
  }
}

/** Reads a line back. Throws `ActFailure` for one that nobody here wrote. */
export function actOf(line: string): VenueAct {
  const [seen = "", act, first = "", ...cells] = line.split(",");
  const ticks = (text = "") => (text === "" ? null : priceTicks(whole(text, line)));
  const at = { seen: whole(seen, line) };
  if (act === "cancel") return { ...at, act, id: whole(first, line) };
  if (act === "modify") {
    const [price, lots = ""] = cells;
    return { ...at, act, id: whole(first, line), price: ticks(price), lots: whole(lots, line) };
  }
  const [side, typeText, qty = "", price, stop, target] = cells;
  const type = (["MKT", "LMT", "STP"] as const).find((one) => one === typeText);
  if (act !== "place" || type === undefined || (side !== "buy" && side !== "sell")) throw bad(line);
  const prices = { price: ticks(price), stop: ticks(stop), target: ticks(target) };
  const tag = first === "" ? null : first;
  return { ...at, act, placing: { tag, side, type, qty: whole(qty, line), ...prices } };
}

function whole(text: string, line: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw bad(line);
  return Number(text);
}

function bad(line: string): ActFailure {
  return new ActFailure("bad-act", `expected an act at the venue, was ${JSON.stringify(line)}`);
}
