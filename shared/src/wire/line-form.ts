import { z } from "zod";

/** Integers as JSON writes them, all of them safe: the few from nine quadrillion on are left to the schema. */
const POSITIVE = "(?:[1-8]\\d{15}|[1-9]\\d{0,14})";
const NATURAL = `(?:${POSITIVE}|0)`;
const INTEGER = `(?:-?${POSITIVE}|0)`;

/**
 * A pattern without choice, look-around or negation, of characters that JSON writes as they are. Nothing that it
 * matches holds a quote, so between two quotes it means the same as alone.
 */
const PLAIN =
  /^\^((?:\[(?:a-z|A-Z|0-9|a-f|[\w+/.:])+-?\]|\\[d.]|\((?!\?)|[A-Za-z0-9_){},?*+=-])+)\$$/;

function literal(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function choice(values: Iterable<unknown>): string {
  return `(?:${[...values].map((value) => literal(JSON.stringify(value))).join("|")})`;
}

function stringForm({ def }: z.ZodString): string | null {
  const [check, ...others] = def.checks ?? [];
  const isPlain = def.coerce !== true && others.length === 0;
  if (!isPlain || !(check instanceof z.core.$ZodCheckRegex)) return null;
  const { source, flags } = check._zod.def.pattern;
  const inner = flags === "" ? PLAIN.exec(source)?.[1] : undefined;
  return inner === undefined ? null : `"${inner}"`;
}

function numberForm(schema: z.ZodNumber): string | null {
  const [check, ...others] = schema.def.checks ?? [];
  if (schema.format !== "safeint" || schema.def.coerce === true || others.length > 0) return null;
  if (check === undefined) return INTEGER;
  if (!(check instanceof z.core.$ZodCheckGreaterThan)) return null;
  const { value, inclusive } = check._zod.def;
  return value === 0 && inclusive ? NATURAL : null;
}

function objectForm({ def, shape }: z.ZodObject): string | null {
  if (!(def.catchall instanceof z.ZodNever)) return null;
  const fields: string[] = [];
  for (const [key, field] of Object.entries(shape)) {
    const form = formOf(field);
    if (form === null) return null;
    fields.push(`${literal(JSON.stringify(key))}:${form}`);
  }
  return `\\{${fields.join(",")}\\}`;
}

function formOf(schema: z.core.$ZodType): string | null {
  if (schema instanceof z.ZodString) return stringForm(schema);
  if (schema instanceof z.ZodNumber) return numberForm(schema);
  if ((schema._zod.def.checks ?? []).length > 0) return null;
  if (schema instanceof z.ZodObject) return objectForm(schema);
  if (schema instanceof z.ZodLiteral) return choice(schema.values);
  if (schema instanceof z.ZodEnum) return choice(schema.options);
  if (schema instanceof z.ZodNullable) {
    const inner = formOf(schema.def.innerType);
    return inner === null ? null : `(?:null|${inner})`;
  }
  if (schema instanceof z.ZodArray) {
    const one = formOf(schema.def.element);
    return one === null ? null : `\\[(?:${one}(?:,${one})*)?\\]`;
  }
  return null;
}

/**
 * A pattern of lines that a strict schema takes, in the bytes that `JSON.stringify` makes of what it parsed: what
 * matches needs no second look, what does not is for the schema to judge. A tenth of the schema's time. Null for a
 * schema with a field of which that is not plain, such as free text.
 */
export function lineForm(schema: z.ZodObject): RegExp | null {
  const form = formOf(schema);
  return form === null ? null : new RegExp(`^${form}$`);
}
