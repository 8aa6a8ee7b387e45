/**
 * What the contracts of `shared` use of zod, spelled as they spell it, over zod's own small build: the same parsers
 * and the same words without what a page never calls (its large build brings every format, and JSON Schema). The page
 * build puts it in zod's place; a word that is missing here fails the build or `test/lean-zod.test.ts`.
 */

import * as mini from "zod/mini";
import en from "zod/v4/locales/en.js";

mini.config(en());

export { prettifyError } from "zod/mini";
export { $ZodRealError as ZodError } from "zod/v4/core";

function fluent<Schema extends mini.ZodMiniType>(schema: Schema): Schema {
  return Object.assign(schema, {
    nullable: () => fluent(mini.nullable(schema)),
    optional: () => fluent(mini.optional(schema)),
  });
}

function text(schema: mini.ZodMiniString): mini.ZodMiniString {
  return Object.assign(fluent(schema), {
    min: (length: number) => text(schema.check(mini.minLength(length))),
    max: (length: number) => text(schema.check(mini.maxLength(length))),
    regex: (pattern: RegExp) => text(schema.check(mini.regex(pattern))),
  });
}

function numeric<Schema extends mini.ZodMiniNumber>(schema: Schema): Schema {
  return Object.assign(fluent(schema), {
    min: (least: number) => numeric(schema.check(mini.gte(least))),
    max: (most: number) => numeric(schema.check(mini.lte(most))),
    nonnegative: () => numeric(schema.check(mini.nonnegative())),
    positive: () => numeric(schema.check(mini.positive())),
  });
}

function list(schema: mini.ZodMiniArray): mini.ZodMiniArray {
  return Object.assign(fluent(schema), {
    min: (length: number) => list(schema.check(mini.minLength(length))),
    max: (length: number) => list(schema.check(mini.maxLength(length))),
  });
}

function fields<Schema extends mini.ZodMiniObject>(schema: Schema): Schema {
  return Object.assign(fluent(schema), { partial: () => fields(mini.partial(schema)) });
}

type Shape = Readonly<Record<string, mini.ZodMiniType>>;
type Variant = mini.ZodMiniObject;

export const string = () => text(mini.string());
export const boolean = () => fluent(mini.boolean());
export const unknown = () => fluent(mini.unknown());
export const int = () => numeric(mini.int());
export const number = () => numeric(mini.number());
export const literal = (value: string | number) => fluent(mini.literal(value));
export const array = (element: mini.ZodMiniType) => list(mini.array(element));
export const object = (shape: Shape) => fields(mini.object(shape));
export const strictObject = (shape: Shape) => fields(mini.strictObject(shape));
export const record = (key: mini.ZodMiniString, value: mini.ZodMiniType) =>
  fluent(mini.record(key, value));
export const discriminatedUnion = (key: string, variants: readonly [Variant, ...Variant[]]) =>
  fluent(mini.discriminatedUnion(key, variants));
export const iso = { date: () => fluent(mini.iso.date()) };

const oneOf = (words: readonly string[]) => fluent(mini.enum([...words]));

export { oneOf as enum };
