import { type Command, command } from "@believe/shared/wire";
import type { BrokerConfig } from "../config.ts";
import { BrokerFailure } from "../failure.ts";

export const HAND_USAGE = `  believe-broker status --config FILE [--json]
                                        position ours and theirs, orders, what stops entries
  believe-broker kill [--flatten] --config FILE --reason TEXT
                                        no new order, all of ours cancelled; works without an agent
  believe-broker unkill | close-only on|off | flatten | resume | disarm --config FILE --reason TEXT
  believe-broker cancel --order NAME --config FILE --reason TEXT
  believe-broker arm --trade-date DATE --confirm ACCOUNT --config FILE --reason TEXT
  believe-broker reconcile show --config FILE [--json]
  believe-broker reconcile adopt --lots N --price P --config FILE --reason TEXT
  believe-broker reconcile resume --config FILE --reason TEXT`;

/** Options of the command line that only these commands read. */
export const HAND_OPTIONS = {
  flatten: { type: "boolean" },
  order: { type: "string" },
  "trade-date": { type: "string" },
  confirm: { type: "string" },
  lots: { type: "string" },
  price: { type: "string" },
  json: { type: "boolean" },
} as const;

export interface HandValues {
  readonly flatten?: boolean | undefined;
  readonly order?: string | undefined;
  readonly "trade-date"?: string | undefined;
  readonly confirm?: string | undefined;
  readonly lots?: string | undefined;
  readonly price?: string | undefined;
  readonly reason?: string | undefined;
}

/** What the words ask for: a look, an act, or null where they are none of ours. Throws `BrokerFailure` for a bad one. */
export function wishOf(
  words: readonly string[],
  values: HandValues,
  config: BrokerConfig,
): Command | "show" | null {
  const said = words.join(" ");
  if (said === "status" || said === "reconcile show") return "show";
  const act = actOf(said, values, config);
  if (act === null) return null;
  const parsed = command.safeParse({ ...act, by: "cli", reason: values.reason });
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: "" };
  throw new BrokerFailure(
    "bad-arguments",
    `expected ${said} as --help says it, was one with a bad ${path.join(".")}: ${message}`,
  );
}

function actOf(said: string, values: HandValues, config: BrokerConfig) {
  switch (said) {
    case "kill":
      return { kind: "kill", flatten: values.flatten ?? false };
    case "unkill":
    case "flatten":
    case "resume":
    case "disarm":
      return { kind: said };
    case "reconcile resume":
      return { kind: "resume" };
    case "close-only on":
    case "close-only off":
      return { kind: "close-only", on: said.endsWith("on") };
    case "cancel":
      return { kind: "cancel", order: values.order };
    case "arm":
      return armOf(values, config);
    case "reconcile adopt":
      return adoptOf(values, config);
    default:
      return null;
  }
}

function armOf(values: HandValues, { account }: BrokerConfig) {
  if (values.confirm !== account.name) {
    throw new BrokerFailure(
      "bad-arguments",
      `expected --confirm with the name of this estate's account typed out, was ${values.confirm ?? "none"}`,
    );
  }
  return { kind: "arm", tradeDate: values["trade-date"] };
}

function adoptOf({ lots = "", price }: HandValues, { feed }: BrokerConfig) {
  return {
    kind: "adopt",
    symbol: feed.symbol,
    lots: /^-?\d{1,4}$/.test(lots) ? Number(lots) : undefined,
    price,
  };
}
