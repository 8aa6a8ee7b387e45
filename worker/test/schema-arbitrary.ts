import fc from "fast-check";
import { z } from "zod";

/** What of JSON Schema 2020-12 our own document uses. */
const node = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  pattern: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
});
type Node = z.infer<typeof node>;
type Components = Readonly<Record<string, unknown>>;

const LONGEST_LIST = 3;

function text({ pattern, minLength = 0, maxLength = 64 }: Node): fc.Arbitrary<string> {
  if (pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(pattern));
    } catch {
      // fast-check cannot make words of every pattern; a free text is then as good as any.
      return fc.string({ maxLength });
    }
  }
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 64)) });
}

function integer({ minimum, maximum }: Node): fc.Arbitrary<number> {
  return fc.integer({
    min: Math.max(minimum ?? Number.MIN_SAFE_INTEGER, -0x80000000),
    max: Math.min(maximum ?? Number.MAX_SAFE_INTEGER, 0x7fffffff),
  });
}

function object(
  { properties = {}, required = [] }: Node,
  components: Components,
): fc.Arbitrary<unknown> {
  const members = Object.entries(properties).map(([name, schema]) => {
    const value = ofSchema(schema, components);
    return [name, required.includes(name) ? value : fc.option(value, { nil: undefined })] as const;
  });
  return fc.record(Object.fromEntries(members));
}

/** Values that a schema describes; what it does not say is anything. */
export function ofSchema(schema: unknown, components: Components): fc.Arbitrary<unknown> {
  const parsed = node.parse(schema);
  const { $ref, type, anyOf, oneOf } = parsed;
  if ($ref !== undefined) {
    return ofSchema(components[$ref.slice($ref.lastIndexOf("/") + 1)] ?? {}, components);
  }
  if ("const" in parsed) return fc.constant(parsed.const);
  if (parsed.enum !== undefined) return fc.constantFrom(...parsed.enum);
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => ofSchema(one, components)));
  if (Array.isArray(type)) {
    return fc.oneof(...type.map((one) => ofSchema({ ...parsed, type: one }, components)));
  }
  switch (type) {
    case "object":
      return object(parsed, components);
    case "array": {
      const minLength = Math.min(parsed.minItems ?? 0, LONGEST_LIST);
      const maxLength = Math.max(
        minLength,
        Math.min(parsed.maxItems ?? LONGEST_LIST, LONGEST_LIST),
      );
      return fc.array(ofSchema(parsed.items ?? {}, components), { minLength, maxLength });
    }
    case "string":
      return text(parsed);
    case "integer":
      return integer(parsed);
    case "number":
      return fc.double({ noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}
