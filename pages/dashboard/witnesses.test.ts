import { expect, test } from "vitest";
import { plumbingRows } from "./plumbing-rows.ts";
import { railFacts } from "./rail-facts.ts";
import { SAMPLE_NOW_US, sampleSigners, sampleSnapshot, sampleWitnessing } from "./sample.ts";
import { viewOf } from "./view.ts";
import { unwitnessedSinceUs, witnessLimit, witnessSays } from "./witnesses.ts";

const signers = await sampleSigners();
const viewWith = async (change: Parameters<typeof sampleWitnessing>[0]) =>
  viewOf(
    await sampleSnapshot(signers, { snapshot: { witnessing: sampleWitnessing(change) } }),
    SAMPLE_NOW_US,
  );
const outsider = { name: "example.org/w", own: false, size: 300, atUs: SAMPLE_NOW_US };

test("two machines of the operator are called no more than that", async () => {
  const view = await viewWith({});
  expect(witnessSays(view)).toBe("Size 332, witnessed by two machines of the operator only");
  expect(witnessLimit(view.witnessing)).toContain("two people could still be shown two logs");
  const row = plumbingRows(view).find(({ part }) => part === "Witnesses");
  expect(row).toMatchObject({ trouble: null, age: "" });
});

test("an outsider among the witnesses is said, and lifts the limit", async () => {
  const { witnesses } = sampleWitnessing();
  const view = await viewWith({ witnesses: [...witnesses, outsider] });
  expect(witnessSays(view)).toBe(
    "Size 332, witnessed by any two of three machines, one of them outside the operator's hands",
  );
  expect(witnessLimit(view.witnessing)).toBeNull();
});

test("a quorum that is missing past the limit is trouble with its time, its cause and its age", async () => {
  const sinceUs = SAMPLE_NOW_US - 3_600_000_000;
  const [worker, research] = sampleWitnessing().witnesses;
  if (!worker || !research) throw new Error("expected two witnesses in the sample");
  const witnesses = [worker, { ...research, size: 300 }];
  const view = await viewWith({ size: 300, sinceUs, witnesses });
  expect(witnessSays(view)).toBe(
    "Unwitnessed since 07:40 CT: 1 of 2 witnesses cosigned since, 2 are needed",
  );
  expect(plumbingRows(view).find(({ part }) => part === "Witnesses")?.trouble).toBe("warn");
  expect(unwitnessedSinceUs({ ...view, nowUs: sinceUs + 90_000_000 })).toBeNull();
});

test("nobody is called a witness before the first checkpoint", async () => {
  const snapshot = await sampleSnapshot(signers, { snapshot: { witnessing: null } });
  const view = viewOf(snapshot, SAMPLE_NOW_US);
  expect(witnessSays(view)).toBe("No checkpoint yet");
  expect(witnessLimit(null)).toContain("Nobody witnesses this log yet");
  expect(view.fills.some(({ mark }) => mark === "witnessed")).toBe(false);
  expect(railFacts(view).witnessed).toBeNull();
});

test("only sealed lines below the witnessed size are marked so", async () => {
  const marks = async (size: number) => (await viewWith({ size })).fills.map(({ mark }) => mark);
  const [pending, newest] = [await marks(332), await marks(307)];
  expect(pending.slice(0, 2)).toEqual(["pending", "witnessed"]);
  expect(newest.slice(0, 3)).toEqual(["pending", "sealed", "witnessed"].slice(0, 3));
});

test("the rail's solid band ends with the newest witnessed leaf", async () => {
  const facts = railFacts(await viewWith({ size: 330 }));
  expect(facts.witnessed?.toUs).toBe((facts.sealed?.toUs ?? 0) - 120_000_000);
});
