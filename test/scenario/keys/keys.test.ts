import { base64 } from "@believe/shared/base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeysStage } from "./stage.ts";

const stage = new KeysStage();
beforeAll(() => stage.start(), 60_000);
afterAll(() => stage.remove());

describe("one log", { timeout: 60_000 }, () => {
  it("goes on under another key, and a stranger with the first one follows it", async () => {
    await (await stage.agent()).stop("asked");
    expect((await stage.verify()).code).toBe(0);
    const rotated = await stage.broker("keys", "rotate", "journal");
    expect(rotated.text).not.toContain("expected");
    expect(rotated.code).toBe(0);
    const { size } = await stage.checkpoint();
    const between = await stage.verify();
    expect([between.code, between.text]).toEqual([
      0,
      expect.stringContaining(`key changed at size ${size}`),
    ]);
    await (await stage.agent()).stop("asked");
    expect((await stage.checkpoint()).size).toBeGreaterThan(size);
    const after = await stage.verify();
    expect([after.code, after.text]).toEqual([
      0,
      expect.stringMatching(/research\/witness at .*\n[\s\S]*^OK /m),
    ]);
  });

  it("that a second history froze goes on in the running agent once its operator said which one stands", async () => {
    expect(await stage.fork()).toEqual({ status: 409, log: "frozen" });
    const { size, root } = await stage.checkpoint();
    const frozen = await stage.verify();
    expect([frozen.code, frozen.text]).toEqual([
      1,
      expect.stringContaining(`size ${size} root ${base64(root)}`),
    ]);
    const agent = await stage.agent();
    const asked = ["--key", stage.operatorSeed, "--reason", "a drill"];
    const wrong = await stage.broker("unfreeze", ...asked, "--yes", "AAAAAAAA");
    expect([wrong.code, wrong.text]).toEqual([1, expect.stringContaining("nothing was signed")]);
    const right = await stage.broker("unfreeze", ...asked, "--yes", base64(root).slice(0, 8));
    expect([right.code, right.text]).toEqual([0, expect.stringContaining("the Worker goes on")]);
    await agent.stop("asked");
    expect((await stage.checkpoint()).size).toBeGreaterThan(size);
    const after = await stage.verify();
    expect([after.code, after.text]).toEqual([0, expect.stringContaining("its operator: a drill")]);
  });
});
