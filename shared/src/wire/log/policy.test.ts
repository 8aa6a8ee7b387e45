import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { checkpointText } from "./checkpoint.ts";
import { cosign } from "./cosignature.ts";
import { leafHash } from "./merkle.ts";
import { signerOf, verify } from "./mirror.fixture.ts";
import { ED25519_COSIGNATURE, type Signer, signNote, vkeyOf } from "./note.ts";
import {
  cosignersNeeded,
  formatPolicy,
  isWitnessed,
  openWithPolicy,
  parsePolicy,
  quorumReached,
} from "./policy.ts";

const ORIGIN = "log.example/j/broker";

const journal = signerOf(ORIGIN, 1);
const [a, b, c] = ["a", "b", "c"].map((name, i) => signerOf(`${name}.example/w`, 11 + i));
if (!a || !b || !c) throw new Error("expected three witnesses");
const witnessKey = ({ name, publicKey }: Signer): string =>
  vkeyOf(name, publicKey, ED25519_COSIGNATURE);
const [A, B, C, LOG] = [
  witnessKey(a),
  witnessKey(b),
  witnessKey(c),
  vkeyOf(ORIGIN, journal.publicKey),
];

const HEAD = `log ${LOG} https://log.example\nwitness a ${A} https://a.example/w\nwitness b ${B}\nwitness c ${C}\n`;
const twoOfThree = parsePolicy(`${HEAD}group all3 2 a b c\nquorum all3\n`);
const text = checkpointText({ origin: ORIGIN, size: 3, root: leafHash(new Uint8Array(1)) });
const note = await signNote(text, journal);
const lineOf = (signer: Signer, timeS = 1_700_000_000): Promise<string> =>
  cosign(text, signer, timeS);

describe("a policy that is well formed", () => {
  it("has comments, blanks, tabs and any order of logs and witnesses", () => {
    const policy = parsePolicy(
      `# who\n\n \t# indented\n  witness\ta  ${A}\t\nlog ${LOG}\ngroup g any a\nquorum g \n`,
    );
    expect(policy.witnesses.map(({ name, url }) => [name, url])).toEqual([["a", null]]);
    expect(policy.logs[0]?.key.name).toBe(ORIGIN);
    expect(policy.quorum).toBe("g");
  });

  it("may ask for nobody, for one witness, or for groups of groups", () => {
    expect(cosignersNeeded(parsePolicy("quorum none\n"))).toBe(0);
    expect(cosignersNeeded(parsePolicy(`${HEAD}quorum b\n`))).toBe(1);
    const nested = parsePolicy(`${HEAD}group x 1 a b\ngroup y all x c\nquorum y\n`);
    expect(cosignersNeeded(nested)).toBe(2);
    expect(quorumReached(nested, new Set(["a", "b"]))).toBe(false);
    expect(quorumReached(nested, new Set(["b", "c"]))).toBe(true);
  });

  it("is what our own writer prints", () => {
    const witnesses = [
      { name: "a", vkey: A },
      { name: "b", vkey: B, url: "https://b.example" },
    ];
    const printed = formatPolicy({ log: LOG, witnesses, threshold: 2 });
    expect(printed).toBe(
      `log ${LOG}\nwitness a ${A}\nwitness b ${B} https://b.example\ngroup witnesses 2 a b\nquorum witnesses\n`,
    );
    expect(cosignersNeeded(parsePolicy(printed))).toBe(2);
  });
});

test.each([
  ["nothing", ""],
  ["no final line feed", "quorum none"],
  ["no quorum", HEAD],
  ["two quorums", `${HEAD}quorum a\nquorum a\n`],
  ["a quorum of two names", `${HEAD}quorum a b\n`],
  ["an unknown quorum", `${HEAD}quorum d\n`],
  ["a quorum above its witness", `quorum a\nwitness a ${A}\n`],
  ["another word", `${HEAD}require a\nquorum a\n`],
  ["a witness without a key", "witness a\nquorum none\n"],
  ["a witness with a log's key type", `witness a ${LOG}\nquorum none\n`],
  ["a log with a witness's key type", `log ${A}\nquorum none\n`],
  [
    "a key whose id is wrong",
    `witness a ${A.replace(/\+[0-9a-f]{8}\+/, "+00000000+")}\nquorum none\n`,
  ],
  ["more than a URL", `witness a ${A} https://a.example more\nquorum none\n`],
  ["the same name twice", `witness a ${A}\nwitness a ${B}\nquorum none\n`],
  ["a group with a witness's name", `${HEAD}group a any b\nquorum none\n`],
  ["the name none", `witness none ${A}\nquorum none\n`],
  ["none as a member", `${HEAD}group g any none\nquorum none\n`],
  [
    "the same key under two names",
    `witness a ${A}\nwitness x ${vkeyOf("x", a.publicKey, 4)}\nquorum none\n`,
  ],
  ["the same log twice", `log ${LOG}\nlog ${LOG}\nquorum none\n`],
  ["an empty group", `${HEAD}group g any\nquorum none\n`],
  ["a threshold of nought", `${HEAD}group g 0 a b\nquorum g\n`],
  ["a threshold above its members", `${HEAD}group g 3 a b\nquorum g\n`],
  ["a threshold with a leading nought", `${HEAD}group g 01 a b\nquorum g\n`],
  ["a member twice", `${HEAD}group g 2 a a\nquorum g\n`],
  ["a member of two groups", `${HEAD}group g any a\ngroup h any a\nquorum h\n`],
  ["a group that names itself", `${HEAD}group g any g\nquorum g\n`],
  ["a carriage return", "quorum none\r\n"],
  ["a form feed", "quorum\fnone\n"],
  ["a delete character", "quorum none # \u007f\n"],
  ["too much", `#${"x".repeat(70_000)}\nquorum none\n`],
])("refuses %s", (_, policy) => {
  expect(() => parsePolicy(policy)).toThrow(/expected|at most/);
});

test("33 witnesses are too many, 32 are not", () => {
  const lines = Array.from(
    { length: 33 },
    (_, i) => `witness w${i} ${witnessKey(signerOf(`w${i}`, 100 + i))}\n`,
  );
  expect(parsePolicy(`${lines.slice(0, 32).join("")}quorum w0\n`).witnesses).toHaveLength(32);
  expect(() => parsePolicy(`${lines.join("")}quorum w0\n`)).toThrow("at most 32");
});

describe("a checkpoint under the policy", () => {
  it("is witnessed by any two of three, and by no one of them", async () => {
    for (const who of [[], [a], [b], [c], [a, a]]) {
      const lines = await Promise.all(who.map((signer) => lineOf(signer)));
      expect(await isWitnessed(twoOfThree, note + lines.join(""), verify)).toBe(false);
    }
    for (const who of [
      [a, b],
      [a, c],
      [c, b],
      [a, b, c],
    ]) {
      const lines = await Promise.all(who.map((signer) => lineOf(signer)));
      expect(await isWitnessed(twoOfThree, note + lines.join(""), verify)).toBe(true);
    }
  });

  it("says who cosigned and when, and ignores keys that it does not know", async () => {
    const stranger = signerOf("stranger.example/w", 99);
    const served = note + (await lineOf(stranger)) + (await lineOf(b, 1_700_000_009));
    const { cosigners, checkpoint } = await openWithPolicy(twoOfThree, served, verify);
    expect(cosigners).toEqual([{ name: "b", timestampSeconds: 1_700_000_009 }]);
    expect(checkpoint.size).toBe(3);
  });

  it("is not witnessed when one line of a known witness is false", async () => {
    const forged = { ...c, sign: a.sign };
    const served = note + (await lineOf(a)) + (await lineOf(b)) + (await lineOf(forged));
    expect(await isWitnessed(twoOfThree, served, verify)).toBe(false);
  });

  it("must be signed by a log of the policy, under that log's origin", async () => {
    const lines = (await lineOf(a)) + (await lineOf(b));
    const other = signerOf("other.example", 50);
    expect(await isWitnessed(twoOfThree, (await signNote(text, other)) + lines, verify)).toBe(
      false,
    );
    expect(await isWitnessed(twoOfThree, `${text}\n${lines}`, verify)).toBe(false);
    const renamed = text.replace(ORIGIN, "log.example/j/other");
    const both = await Promise.all([cosign(renamed, a, 1), cosign(renamed, b, 1)]);
    const served = (await signNote(renamed, journal)) + both.join("");
    expect(await isWitnessed(twoOfThree, served, verify)).toBe(false);
  });

  it("loses its quorum with any changed character", async () => {
    const served = note + (await lineOf(a)) + (await lineOf(b));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(served.length - 1),
        fc.constantFrom("A", "0", " ", "\n"),
        async (at, by) => {
          const changed = served.slice(0, at) + by + served.slice(at + 1);
          fc.pre(changed !== served);
          expect(await isWitnessed(twoOfThree, changed, verify)).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("more cosigners never lose a quorum", () => {
  const nested = parsePolicy(`${HEAD}group x 1 a b\ngroup y 2 x c\nquorum y\n`);
  const some = fc.subarray(["a", "b", "c"]);
  fc.assert(
    fc.property(some, some, (few, more) => {
      const reached = quorumReached(nested, new Set(few));
      expect(quorumReached(nested, new Set([...few, ...more])) || !reached).toBe(true);
      expect(reached).toBe(few.includes("c") && (few.includes("a") || few.includes("b")));
    }),
  );
});
