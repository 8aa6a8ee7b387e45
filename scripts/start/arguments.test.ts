import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { startArguments } from "./arguments.ts";
import { StartFailure } from "./failure.ts";

describe("the arguments of npm start", () => {
  it("play the seeded tape at real time until Ctrl-C by default", () => {
    expect(startArguments([])).toEqual({
      speed: 1,
      seed: "believe",
      tape: null,
      venue: "paper",
      forMs: null,
      json: false,
      port: 8787,
      state: resolve(".believe/seeded-believe"),
      reset: false,
      help: false,
    });
  });

  it("keep a state folder for each tape and venue, so that one journal speaks of one market and one account", () => {
    const file = startArguments(["--tape", "package.json"]);
    expect(file.state).toBe(resolve(".believe/package.json"));
    expect(startArguments(["--seed", "a/b"]).state).toBe(resolve(".believe/seeded-a-b"));
    expect(startArguments(["--venue", "sierra"]).state).toBe(
      resolve(".believe/seeded-believe-sierra"),
    );
    expect(startArguments(["--state", "x"]).state).toBe(resolve("x"));
  });

  it.each([
    ["30s", 30_000],
    ["1.5m", 90_000],
    ["250ms", 250],
    ["2h", 7_200_000],
  ])("read --for %s as %i milliseconds", (text, expected) => {
    expect(startArguments(["--for", text]).forMs).toBe(expected);
  });

  it.each([
    [["--sped", "60"], /--sped/],
    [["--speed", "fast"], /expected --speed between 0.01 and 10000, was "fast"/],
    [["--speed", "0"], /--speed/],
    [["--speed="], /--speed/],
    [["--port", "70000"], /expected --port between 0 and 65535/],
    [["--for", "30"], /expected --for like 30s/],
    [["--tape", "no/such.csv"], /expected a tape at no\/such.csv, there is no such file/],
    [["--venue", "ib"], /expected --venue paper or sierra, was "ib"/],
    [["stray"], /stray/],
  ])("refuse %j with one sentence", (argv, sentence) => {
    expect(() => startArguments(argv)).toThrow(StartFailure);
    expect(() => startArguments(argv)).toThrow(sentence);
    try {
      startArguments(argv);
    } catch (failure) {
      expect(String(failure).split("\n")).toHaveLength(1);
    }
  });
});
