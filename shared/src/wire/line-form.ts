import type { z } from "zod";

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

/** What a schema says of itself, in zod's large build as in its small one. */
type Def = z.core.$ZodTypes["_zod"]["def"];
type Checks = readonly z.core.$ZodCheck[] | undefined;

/** Every schema of ours is one of zod's own. */
function isDef(def: z.core.$ZodTypeDef): def is Def {
  return "type" in def;
}

type CheckDef = z.core.$ZodCheckRegexDef | z.core.$ZodCheckGreaterThanDef;

function isKnownCheck(def: z.core.$ZodCheckDef): def is CheckDef {
  return def.check === "string_format" || def.check === "greater_than";
}

/** The only check, null where there is another number of them or it is of another kind. */
function onlyCheck(checks: Checks): CheckDef | null {
  const [check, ...others] = checks ?? [];
  if (check === undefined || others.length > 0) return null;
  const { def } = check._zod;
  return isKnownCheck(def) ? def : null;
}

function stringForm(checks: Checks): string | null {
  const check = onlyCheck(checks);
  if (check?.check !== "string_format" || check.format !== "regex") return null;
  const { source, flags } = check.pattern;
  const inner = flags === "" ? PLAIN.exec(source)?.[1] : undefined;
  return inner === undefined ? null : `"${inner}"`;
}

function integerForm(checks: Checks): string | null {
  if ((checks ?? []).length === 0) return INTEGER;
  const check = onlyCheck(checks);
  return check?.check === "greater_than" && check.value === 0 && check.inclusive ? NATURAL : null;
}

function objectForm({ shape, catchall }: z.core.$ZodObjectDef): string | null {
  if (catchall?._zod.def.type !== "never") return null;
  let fields = "";
  for (const [key, field] of Object.entries(shape)) {
    const { def } = field._zod;
    const isOptional = isDef(def) && def.type === "optional";
    const form = formOf(isOptional ? def.innerType : field);
    // A comma stands before each field but the first, which is therefore always there.
    if (form === null || (isOptional && fields === "")) return null;
    const written = `${fields === "" ? "" : ","}${literal(JSON.stringify(key))}:${form}`;
    fields += isOptional ? `(?:${written})?` : written;
  }
  return `\\{${fields}\\}`;
}

function arrayForm(element: z.core.$ZodType): string | null {
  const one = formOf(element);
  return one === null ? null : `\\[(?:${one}(?:,${one})*)?\\]`;
}

function formOf(schema: z.core.$ZodType): string | null {
  const { def } = schema._zod;
  if (!isDef(def)) return null;
  if (def.type === "string") return "coerce" in def && def.coerce ? null : stringForm(def.checks);
  if (def.type === "number") {
    const isInteger = "format" in def && def.format === "safeint";
    return isInteger && !("coerce" in def && def.coerce) ? integerForm(def.checks) : null;
  }
  if ((def.checks ?? []).length > 0) return null;
  switch (def.type) {
    case "object":
      return objectForm(def);
    case "literal":
      return choice(def.values);
    case "enum":
      return choice(Object.values(def.entries));
    case "boolean":
      return def.coerce ? null : "(?:true|false)";
    case "nullable": {
      const inner = formOf(def.innerType);
      return inner === null ? null : `(?:null|${inner})`;
    }
    case "array":
      return arrayForm(def.element);
    default:
      return null;
  }
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
