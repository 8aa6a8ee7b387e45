import { readdirSync } from "node:fs";
import { join } from "node:path";
import { replaySegments } from "@believe/agent-research/replay";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_DEATHS } from "./agent-death.ts";
import { findings } from "./findings.ts";
import type { Truth } from "./orders.ts";
import { Stage } from "./stage.ts";
import { STUDY_DEATHS } from "./study-death.ts";

const LONG = process.env["BELIEVE_LONG"] === "1";
const ROUNDS = 3;
const stages: Stage[] = [];

async function opened(options?: { readonly forgets: boolean }): Promise<Stage> {
  const stage = new Stage(options);
  stages.push(stage);
  await stage.open();
  return stage;
}

interface Outcome {
  readonly stage: Stage;
  /** How each life ended. */
  readonly deaths: readonly string[];
  readonly truth: Truth;
  /** Of the decisions, as the agent said at its end. */
  readonly tip: string;
}

async function killAgents(): Promise<Outcome> {
  const stage = await opened();
  const study = stage.study(null);
  const deaths: string[] = [];
  for (const plan of AGENT_DEATHS) deaths.push(await stage.killed(stage.agent(plan)));
  return { stage, deaths, ...(await stage.settle(stage.agent(null), study)) };
}

async function killStudies(): Promise<Outcome> {
  const stage = await opened();
  const agent = stage.agent(null);
  const deaths: string[] = [];
  for (const plan of STUDY_DEATHS) deaths.push(await stage.killed(stage.study(plan)));
  return { stage, deaths, ...(await stage.settle(agent, stage.study(null))) };
}

/** A study that forgets what it has taken takes it again, unless its deadline has passed meanwhile. */
async function killForgetful(): Promise<Outcome> {
  const stage = await opened({ forgets: true });
  const agent = stage.agent(null);
  const deaths: string[] = [];
  for (let life = 0; life < 3; life++) {
    deaths.push(await stage.killed(stage.study({ at: "written", row: ",ACK," })));
  }
  return { stage, deaths, ...(await stage.end(agent, stage.study(null))) };
}

/** How many segments there are, and where their decisions end when they are replayed. */
async function replayed({ stage }: Outcome): Promise<readonly [number, string]> {
  const folder = join(stage.broker, "capture");
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  const { decisionTip } = await replaySegments(names.sort().map((name) => join(folder, name)));
  return [names.length, decisionTip];
}

// Minutes on a busy machine: only `npm run test:long` has them.
describe.skipIf(!LONG).each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
  "a bracket through Sierra's files, with SIGKILL at each of its steps, round %i",
  () => {
    let agents: Outcome;
    let studies: Outcome;
    let forgetful: Outcome;
    beforeAll(async () => {
      [agents, studies] = await Promise.all([killAgents(), killStudies()]);
      forgetful = await killForgetful();
    }, 600_000);
    afterAll(async () => {
      for (const stage of stages.splice(0)) await stage.close();
    });

    it("killed the agent and the study at each of them", () => {
      expect(agents.deaths).toEqual(AGENT_DEATHS.map(() => "SIGKILL"));
      expect(studies.deaths).toEqual(STUDY_DEATHS.map(() => "SIGKILL"));
    });

    it("leaves one truth after the agent's deaths: no order twice, no orphan, no fill unheard", () => {
      expect(findings(agents.stage.records, agents.truth)).toEqual([]);
      expect(agents.truth.fills.length).toBeGreaterThan(AGENT_DEATHS.length / 2);
    });

    it("leaves one truth after the study's deaths, but for the order of which nobody can know", () => {
      const found = findings(studies.stage.records, studies.truth);
      expect(found).toEqual([expect.stringMatching(/is unknown and the venue never had it$/)]);
      expect(studies.truth.fills.length).toBeGreaterThan(STUDY_DEATHS.length / 2);
    });

    it("leaves journals whose decisions a replay of the captures gives again", async () => {
      for (const outcome of [agents, studies]) {
        const [segments, tip] = await replayed(outcome);
        expect(tip, `of ${segments} segments`).toBe(outcome.tip);
      }
    });

    it("catches a study that forgets what it has taken", () => {
      const found = findings(forgetful.stage.records, forgetful.truth);
      expect(found).toContain("the venue has an order twice");
    });

    it("catches a fill that one side lacks, an orphan and an order that nobody asked for", () => {
      const { stage, truth } = agents;
      const [order] = truth.orders;
      const { fills, position } = truth;
      const orphan = { tag: "B-9.S", state: "waiting", qty: 1, filled: 0, parent: "B-9" } as const;
      const bad: readonly (readonly [Truth, RegExp])[] = [
        [{ ...truth, fills: [...fills, "X1.1"] }, /^fill X1.1 was never heard$/],
        [{ ...truth, fills: fills.slice(1) }, /was never made$/],
        [{ ...truth, position: position + 1 }, /the venue has 1$/],
        [{ ...truth, orders: [...truth.orders, orphan] }, /rests without a fill of its entry$/],
        [{ ...truth, orders: truth.orders.slice(1) }, /and the venue never had it$/],
        [{ ...truth, orders: [...truth.orders, ...(order ? [order] : [])] }, /an order twice$/],
      ];
      for (const [wrong, says] of bad) {
        expect(findings(stage.records, wrong)).toContainEqual(expect.stringMatching(says));
      }
    });
  },
);
