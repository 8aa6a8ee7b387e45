import { runInThisContext } from "node:vm";
import { leanZod } from "@believe/pages/build";
import * as wire from "@believe/shared/wire";
import { build } from "esbuild";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { ROOT } from "../scripts/paths.ts";
import { ofSchema } from "../worker/test/schema-arbitrary.ts";

let lean: object;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: 'export * from "@believe/shared/wire";', resolveDir: ROOT },
    bundle: true,
    format: "iife",
    globalName: "lean",
    plugins: [leanZod],
    logOverride: { "import-is-undefined": "error" },
    write: false,
  });
  lean = runInThisContext(`(() => { ${outputFiles[0]?.text}; return lean; })()`);
});

/** Every contract by the path under which the module has it. */
const contracts: readonly (readonly [string, z.ZodType])[] = [
  ...Object.entries(wire),
  ...Object.entries(wire.streams).map(
    ([name, { body }]) => [`streams.${name}.body`, body] as const,
  ),
].flatMap(([path, value]) => (value instanceof z.ZodType ? [[path, value] as const] : []));

const outcome = z.looseObject({
  success: z.boolean(),
  data: z.unknown().optional(),
  error: z.looseObject({ issues: z.array(z.unknown()) }).optional(),
});

/** What the pages' copy of a contract says of a value. */
function leanly(path: string, value: unknown): z.infer<typeof outcome> {
  const schema = path.split(".").reduce((at: object, name) => Object(Reflect.get(at, name)), lean);
  return outcome.parse(Reflect.apply(Reflect.get(schema, "safeParse"), schema, [value]));
}

/** A value like the one given, with one thing in it replaced, taken away or added where `way` leads. */
function bent(value: unknown, way: readonly number[], other: unknown): unknown {
  const [step = 0, ...rest] = way;
  if (typeof value !== "object" || value === null || rest.length === 0) return other;
  const entries = Object.entries(value);
  const at = entries.length === 0 ? 0 : step % (entries.length + 1);
  const chosen = entries[at];
  if (Array.isArray(value)) {
    return chosen === undefined
      ? [...value, other]
      : value.map((item, i) => (i === at ? bent(item, rest, other) : item));
  }
  if (chosen === undefined) return { ...value, added: other };
  const [name, inner] = chosen;
  if (step % 5 === 0) return Object.fromEntries(entries.filter((_, i) => i !== at));
  return { ...value, [name]: bent(inner, rest, other) };
}

const others = fc.oneof(
  fc.constantFrom(null, "", "x", 0, -1, 0.5, 2 ** 53, "2024-02-30", "1.234", [], {}),
  fc.string({ maxLength: 300 }),
  fc.double(),
);
const ways = fc.array(fc.nat(30), { minLength: 1, maxLength: 5 });

/** Both say the same of any value of the schema's and of any value that is almost one, word for word. */
function agreement(schema: z.ZodType, said: (value: unknown) => z.infer<typeof outcome>) {
  const values = ofSchema(z.toJSONSchema(schema, { io: "input" }), {});
  return fc.property(values, ways, others, (value, way, other) => {
    for (const one of [value, bent(value, way, other)]) {
      const [full, mini] = [schema.safeParse(one), said(one)];
      expect(mini.success).toBe(full.success);
      expect(mini.data).toEqual(full.data);
      expect(mini.error?.issues).toEqual(full.error?.issues);
    }
  });
}

test("there are as many contracts as the wire has", () => {
  expect(contracts.length).toBeGreaterThan(30);
});

test.each(contracts)("the pages' %s takes and refuses what the whole one does", (path, schema) => {
  fc.assert(
    agreement(schema, (value) => leanly(path, value)),
    { numRuns: 30 },
  );
});

test("a contract that is laxer by one check is found", () => {
  const laxer = z.strictObject({ order: z.string() });
  const said = (value: unknown) => outcome.parse(laxer.safeParse(value));
  const exact = z.strictObject({ order: wire.identifier });
  expect(fc.check(agreement(exact, said), { numRuns: 100 }).failed).toBe(true);
  expect(fc.check(agreement(laxer, said), { numRuns: 100 }).failed).toBe(false);
});
