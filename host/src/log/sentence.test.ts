import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { Failure } from "@believe/shared/base";
import { describe, expect, it } from "vitest";
import { sentenceOf } from "./sentence.ts";

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
}

describe("what a person is told when a process ends", () => {
  it.each([
    [
      "a failure",
      () => {
        throw new Failure("x", "expected a port, was none");
      },
      /^expected a port/,
    ],
    ["a folder that is a file", () => mkdirSync(import.meta.filename), /^EEXIST: .*mkdir/],
    ["a wrong command line", () => parseArgs({ args: ["--sped"], options: {} }), /--sped/],
  ])("is one sentence for %s", (_what, act, expected) => {
    const sentence = sentenceOf(thrown(act));
    expect(sentence).toMatch(expected);
    expect(sentence.split("\n")).toHaveLength(1);
  });

  it("is the whole stack for a fault of ours", () => {
    expect(sentenceOf(new TypeError("x is not a function"))).toMatch(/sentence\.test\.ts/);
  });
});
