import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import type { z } from "zod";
import { ConfigFailure } from "./failure.ts";

/**
 * Reads a TOML file, or a JSON file where it is called so, and checks it against a schema of strict objects, so that an
 * unknown key is refused.
 * Throws `ConfigFailure` with one sentence for each problem. Values are never printed: one may be a secret.
 */
export function readConfig<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): z.output<Schema> {
  const table = readTable(file);
  const parsed = schema.safeParse(table);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => sentences(file, issue, table));
  throw new ConfigFailure("refused", problems);
}

function readTable(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigFailure("unreadable", [`expected a readable file ${file}, was none`], cause);
  }
  if (file.endsWith(".json")) return parsedJson(file, text);
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    // Its message goes on with the lines around the mistake; only the first line is free of values.
    const [why = ""] = cause.message.split("\n");
    const reason = why.replace(/^Invalid TOML document: /, "");
    throw new ConfigFailure("not-toml", [
      `expected TOML in ${file}, was not at line ${cause.line}, column ${cause.column}: ${reason}`,
    ]);
  }
}

/** The parser's own message shows the text around the mistake, so it is left out. */
function parsedJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ConfigFailure("not-json", [`expected JSON in ${file}, was something else`]);
  }
}

function sentences(file: string, issue: z.core.$ZodIssue, table: unknown): string[] {
  const path = issue.path.map(String);
  const at = (key: readonly string[]): string => `${key.join(".")} in ${file}`;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `expected no key ${at([...path, key])}, was one`);
  }
  if (valueAt(table, path) === undefined) {
    return [`expected a value for ${at(path)}, was none`];
  }
  if (issue.code === "invalid_type") {
    return [`expected ${issue.expected} for ${at(path)}, was another kind of value`];
  }
  if (issue.code === "invalid_value") {
    return [`expected one of ${issue.values.join(", ")} for ${at(path)}, was another value`];
  }
  return [`expected another value for ${at(path)}: ${issue.message}`];
}

function valueAt(table: unknown, path: readonly string[]): unknown {
  let value: unknown = table;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}
