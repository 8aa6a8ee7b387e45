import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { lineForm } from "./line-form.ts";
import { parseRecord, record } from "./record.ts";

const salt = "AAAAAAAAAAAAAAAAAAAAAA==";
const fill = {
  exec: "e1",
  order: "o1",
  trade: "t1",
  symbol: "ES",
  atUs: 1_704_810_000_000_000,
  side: "buy",
  qty: 1,
  price: "4783.25",
  fee: "2.25",
  role: "entry",
  reason: "cross-up",
};
const line = JSON.stringify({ v: 1, seq: 7, stream: "fill", wallUs: 5, body: fill, salt });
const clock = (offset: string): string =>
  `{"v":1,"seq":7,"stream":"clock","wallUs":5,"body":{"offsetMs":${offset},"source":"a"},"salt":"${salt}"}`;

/** Values that a schema of the journal takes, and near ones that it does not. */
function written(schema: unknown): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodObject) {
    return fc.record(
      Object.fromEntries(Object.entries(schema.shape).map(([k, v]) => [k, written(v)])),
    );
  }
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNullable) return fc.option(written(schema.def.innerType));
  if (schema instanceof z.ZodOptional) {
    return fc.option(written(schema.def.innerType), { nil: undefined });
  }
  if (schema instanceof z.ZodISODate) return fc.constantFrom("2024-01-09", "2024-02-30", "soon");
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return fc.oneof(...schema.options.map((option) => written(option)));
  }
  if (schema instanceof z.ZodArray) return fc.array(written(schema.def.element), { maxLength: 3 });
  if (schema instanceof z.ZodNumber) return fc.oneof(fc.nat(), fc.maxSafeInteger(), fc.double());
  if (schema instanceof z.ZodString) {
    const [check] = schema.def.checks ?? [];
    if (!(check instanceof z.core.$ZodCheckRegex)) return fc.string({ minLength: 1, maxLength: 9 });
    const { pattern } = check._zod.def;
    return pattern.flags === "" ? fc.stringMatching(pattern) : fc.string({ maxLength: 9 });
  }
  throw new Error("expected a kind of schema that the journal uses, was another");
}

/** The slow judgement: the schema, and the bytes that it would be written in. */
function isRecord(text: string): boolean {
  try {
    const parsed = record.safeParse(JSON.parse(text));
    return parsed.success && JSON.stringify(parsed.data) === text;
  } catch {
    return false;
  }
}

function isTaken(text: string): boolean {
  try {
    parseRecord(text);
    return true;
  } catch {
    return false;
  }
}

describe("a journal line", () => {
  test("reads back as what was written", () => {
    expect(parseRecord(line)).toEqual({
      v: 1,
      seq: 7,
      stream: "fill",
      wallUs: 5,
      body: fill,
      salt,
    });
  });

  test("with a doubled key is refused, in the envelope and in the body", () => {
    const doubled = [
      line.replace('"seq":7', '"seq":7,"seq":7'),
      line.replace('"seq":7', '"seq":8,"seq":7'),
      line.replace('"price":"4783.25"', '"price":"1.00","price":"4783.25"'),
      line.replace('"price":"4783.25"', '"price":"4783.25","price":"4783.25"'),
      line.replace('"stream":"fill"', '"stream":"halt","stream":"fill"'),
    ];
    for (const text of doubled) {
      expect(record.safeParse(JSON.parse(text)).success, text).toBe(true);
      expect(() => parseRecord(text), text).toThrow("as the journal writes it");
    }
  });

  test("with other bytes for the same values is refused", () => {
    const { exec, ...others } = fill;
    const moved = { v: 1, seq: 7, stream: "fill", wallUs: 5, body: { ...others, exec }, salt };
    for (const text of [
      ` ${line}`,
      line.replace(":7", ": 7"),
      line.replace("ES", "\\u0045S"),
      line.replace('"wallUs":5', '"wallUs":5.0'),
      line.replace('"wallUs":5', '"wallUs":50e-1'),
      JSON.stringify(moved),
      clock("-0"),
    ]) {
      expect(() => parseRecord(text), text).toThrow("as the journal writes it");
    }
    expect(isTaken(clock("0"))).toBe(true);
    expect(isTaken(clock("-12"))).toBe(true);
    expect(isTaken(clock("9007199254740991"))).toBe(true);
    expect(isTaken(clock("9007199254740992"))).toBe(false);
  });

  test("is taken exactly when the schema takes it and would write it so", () => {
    const values = fc.oneof(...record.options.map(written));
    const mark = fc.constantFrom(
      "",
      '"',
      "\\",
      ",",
      "0",
      "-",
      ".",
      "e",
      "}",
      " ",
      "\n",
      "é",
      "null",
    );
    let plain = 0;
    fc.assert(
      fc.property(values, fc.option(fc.tuple(fc.nat(), fc.nat(2), mark)), (value, change) => {
        const whole = JSON.stringify(value);
        const [at, gone, put] = change ?? [0, 0, ""];
        const from = at % whole.length;
        const text = whole.slice(0, from) + put + whole.slice(from + gone);
        plain += change === null ? 1 : 0;
        expect(isTaken(text), text).toBe(isRecord(text));
      }),
      { numRuns: 2_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });
});

describe("the form of a line", () => {
  const formOf = (field: z.ZodType) => lineForm(z.strictObject({ a: field }));

  test("is known for every stream without free text", () => {
    const slow = record.options.filter((option) => lineForm(option) === null);
    expect(slow.map((option) => option.shape.stream.value)).toEqual([
      "genesis",
      "start",
      "key",
      "command",
      "redaction",
    ]);
  });

  test("is left open where a field could be written in another way, or has a rule of its own", () => {
    for (const field of [
      z.string(),
      z.string().min(1),
      z.string().regex(/^.*$/),
      z.string().regex(/^[^a]+$/),
      z.string().regex(/^[A-z]+$/),
      z.string().regex(/^a|b$/),
      z.string().regex(/^(?=a)b$/),
      z.string().regex(/^a$/i),
      z.string().regex(/a/),
      z.string().regex(/^a$/).max(3),
      z.coerce.string().regex(/^a$/),
      z.email(),
      z.number(),
      z.int().min(1),
      z.int().positive(),
      z.int().nonnegative().max(9),
      z.int().refine((n) => n > 3),
      z.array(z.int()).max(2),
      z.array(z.string()),
      z.enum(["a"]).refine(() => false),
      z.int().optional(),
      z.object({ b: z.int() }),
      z.strictObject({ b: z.int() }).refine(() => false),
    ]) {
      expect(formOf(field), JSON.stringify(z.toJSONSchema(field))).toBeNull();
    }
    expect(formOf(z.literal(["a.b", 1, null, true]))?.test('{"a":"a.b"}')).toBe(true);
    expect(formOf(z.literal("a.b"))?.test('{"a":"acb"}')).toBe(false);
  });
});
