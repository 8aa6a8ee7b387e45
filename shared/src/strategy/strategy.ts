import { hex, type Sha256, sha256, utf8 } from "@believe/shared/base";
import type { Bar, Side } from "@believe/shared/market";
import { z } from "zod";

/** What a strategy thinks at the close of a bar. It knows nothing of money, orders or limits. */
export type Opinion =
  | { readonly kind: "warming" }
  /** No opinion, or the one before stands. */
  | { readonly kind: "none" }
  | {
      readonly kind: "signal";
      readonly side: Side;
      /** Distance of the protective stop in ticks, ≥ 1. */
      readonly stopTicks: number;
      /** A reason code. */
      readonly reason: string;
    };

export interface Thinker {
  /** Called once for each closed bar, oldest first; nothing may retain the bar. */
  onBar(bar: Bar): Opinion;
}

/** A strategy by name: a folder here and a line in the registry. `create` starts cold, after every start and every session break. */
export interface Strategy<Name extends string = string> {
  readonly name: Name;
  readonly barUs: number;
  /** Bars before the first opinion under these parameters. */
  warmupBars(parameters: unknown): number;
  /** Parameters with their defaults filled in, in the order of the schema; throws on unknown or bad ones. */
  parse(parameters: unknown): Readonly<Record<string, unknown>>;
  create(parameters: unknown): Thinker;
}

export function defineStrategy<const Name extends string, Schema extends z.ZodObject>(strategy: {
  readonly name: Name;
  readonly barUs: number;
  readonly parameters: Schema;
  warmupBars(parameters: z.infer<Schema>): number;
  create(parameters: z.infer<Schema>): Thinker;
}): Strategy<Name> {
  const { name, barUs, parameters: schema } = strategy;
  return {
    name,
    barUs,
    parse: (parameters) => z.record(z.string(), z.unknown()).parse(schema.parse(parameters)),
    warmupBars: (parameters) => strategy.warmupBars(schema.parse(parameters)),
    create: (parameters) => strategy.create(schema.parse(parameters)),
  };
}

/** SHA-256 in hex of a strategy's name and parameters, defaults included, in the order of the schema. */
export function parametersHash(
  strategy: Strategy,
  parameters: unknown,
  hash: Sha256 = sha256,
): string {
  return hex(hash(utf8(JSON.stringify([strategy.name, strategy.parse(parameters)]))));
}
