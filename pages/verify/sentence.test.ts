import { expect, test } from "vitest";
import type { Facts, Finding, FindingCode, Sums } from "./protocol.ts";
import { boxWords, meaningOf, pageSentence, witnessText, worstFinding } from "./sentence.ts";
import { IDLE, type VerifyView } from "./view.ts";

const witness = (name: string, own = true) => ({ name, vkey: `${name}+00000000+AA==`, own });
const facts: Facts = {
  brand: "believe",
  url: "https://log.example.com",
  dashboard: "log.example.com",
  origin: "log.example.com/j/broker",
  kind: "paper",
  account: "paper-1",
  key: "",
  witnesses: [witness("Worker witness"), witness("Research witness")],
  needed: 2,
};
const sums: Sums = {
  size: 255,
  root: "",
  lines: 5024,
  closed: 0,
  openedLeaves: 255,
  unopened: 0,
  missing: 0,
  fromUs: 1_704_810_000_000_000,
  toUs: 1_704_825_240_000_000,
  cosigned: 2,
};
const found = (...codes: FindingCode[]): VerifyView => ({
  ...IDLE,
  phase: "bad",
  findings: codes.map(
    (code): Finding => ({ code, place: "leaf 7, Tue 9 Jan 2024 08:27 CT", said: "x" }),
  ),
});
const good = (change: Partial<Sums> = {}): VerifyView => ({
  ...IDLE,
  phase: "good",
  sums: { ...sums, ...change },
});

test("each moment has its sentence", () => {
  const say = (view: VerifyView) => pageSentence(view, facts);
  expect(say(IDLE)).toBe("Nothing is checked yet. Do not take our word for it.");
  expect(say({ ...IDLE, phase: "running" })).toBe("Your browser is checking the paper journal.");
  expect(say({ ...IDLE, phase: "unable" })).toBe("This browser cannot check the record.");
  expect(say({ ...IDLE, phase: "offline" })).toContain("cannot be reached");
  expect(say(good())).toBe("The paper journal adds up.");
  expect(say(good({ missing: 1 }))).toBe("The paper journal adds up; 1 minute has no leaf.");
  expect(say(found("line", "line"))).toBe("2 minutes are not what was signed.");
  expect(say(found("overdue"))).toBe("One day is overdue: it had to be opened and was not.");
  expect(say(found("overdue", "overdue"))).toContain("2 days are overdue");
});

test("every kind of finding has a sentence, a meaning and a limit of its own", () => {
  const codes: FindingCode[] = [
    "signature",
    "key",
    "witness",
    "smaller",
    "rewritten",
    "fork",
    "entry",
    "root",
    "tile",
    "line",
    "closed",
    "missing",
    "overdue",
  ];
  const sentences = codes.map((code) => pageSentence(found(code), facts));
  expect(new Set(sentences).size).toBe(codes.length);
  for (const code of codes) expect(meaningOf(code).not).not.toBe(meaningOf(code).means);
});

test("a false key or signature is said before the differences that follow from it", () => {
  expect(worstFinding(found("line", "key").findings)?.code).toBe("key");
  expect(worstFinding(found("missing", "signature", "tile").findings)?.code).toBe("signature");
  expect(worstFinding([])).toBeNull();
});

test("a good result names its range, its gaps and its witnesses in numbers", () => {
  const { title, scope } = boxWords(good({ openedLeaves: 250, unopened: 5, missing: 3 }), facts);
  expect(title).toBe("5,024 lines in 250 of 255 leaves match.");
  expect(scope).toContain("From Tue 9 Jan 2024 08:20 to Tue 9 Jan 2024 12:34 CT.");
  expect(scope).toContain("3 minutes have no leaf.");
  expect(scope).toContain("The last 5 leaves wait to be opened.");
  expect(boxWords(good({ cosigned: 1 }), facts).scope).toContain("not witnessed yet");
});

test("the operator's own machines are never called more than that", () => {
  expect(witnessText(facts)).toBe("Witnessed by 2 machines of the operator only.");
  const outside = [...facts.witnesses, witness("Ada", false)];
  expect(witnessText({ ...facts, witnesses: outside })).toContain("1 of them outside");
  expect(witnessText({ ...facts, witnesses: [], needed: 0 })).toBe("Nobody witnesses it.");
});
