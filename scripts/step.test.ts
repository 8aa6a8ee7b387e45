import { describe, expect, it } from "vitest";
import { ROOT } from "./paths.ts";
import { type Outcome, runStep, runSteps, type Step } from "./step.ts";

function code(name: string, text: string): Step {
  return { name, command: [process.execPath, "-e", text] };
}

describe("a step", () => {
  it("runs at the root, gives back what it printed, and says whether it went well", async () => {
    const step = code("a", "console.log(process.cwd()); console.error('two')");
    const outcome = await runStep(step, false);
    expect(outcome).toMatchObject({ name: "a", ok: true, output: `${ROOT}\ntwo\n` });
    expect(await runStep(code("b", "process.exit(3)"), false)).toMatchObject({ ok: false });
  });

  it("finds our Node first, whatever the host has", async () => {
    const outcome = await runStep({ name: "node", command: ["node", "--version"] }, false);
    expect(outcome.output.trim()).toBe(process.version);
  });

  it("has failed, with a reason, when its program is not there", async () => {
    const outcome = await runStep({ name: "none", command: ["no-such-program"] }, false);
    expect(outcome.ok).toBe(false);
    expect(outcome.output).toContain("no-such-program");
  });
});

describe("several steps", () => {
  it("all run though one fails, at most so many at a time, and come back in order", async () => {
    const ended: Outcome[] = [];
    const steps = [
      code("slow", "setTimeout(() => {}, 300)"),
      code("bad", "process.exit(1)"),
      code("quick", ""),
    ];
    const outcomes = await runSteps(steps, 2, (outcome) => ended.push(outcome));
    expect(outcomes.map(({ name, ok }) => [name, ok])).toEqual([
      ["slow", true],
      ["bad", false],
      ["quick", true],
    ]);
    expect(ended).toHaveLength(3);
  });
});
