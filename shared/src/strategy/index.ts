import { Failure } from "@believe/shared/base";
import { smaCross } from "./sma-cross/sma-cross.ts";
import type { Strategy } from "./strategy.ts";

export {
  defineStrategy,
  type Opinion,
  parametersHash,
  type Strategy,
  type Thinker,
} from "./strategy.ts";

/** Every strategy. A new one is a folder of its name and a line here. */
export const strategies: readonly Strategy[] = [smaCross];

export class StrategyFailure extends Failure<"unknown-strategy"> {}

export function strategyNamed(name: string): Strategy {
  const found = strategies.find((strategy) => strategy.name === name);
  if (!found) {
    const known = strategies.map((strategy) => strategy.name).join(" or ");
    throw new StrategyFailure("unknown-strategy", `expected ${known}, was ${JSON.stringify(name)}`);
  }
  return found;
}
