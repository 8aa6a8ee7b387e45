import { exitRules } from "@believe/shared/exit";
import { limits } from "@believe/shared/risk";
import { holdingsState } from "@believe/shared/trade";
import { identifier, sha256Hex, symbolName } from "@believe/shared/wire";
import { z } from "zod";

/** What the engine goes on from. `holdings` and `decisionTip` come from the journal alone, the rest from the configuration. */
export const resumeState = z.strictObject({
  symbol: symbolName,
  strategy: identifier,
  parameters: z.record(z.string(), z.unknown()),
  limits,
  exits: exitRules,
  decisionTip: sha256Hex,
  holdings: holdingsState,
});
export type ResumeState = z.infer<typeof resumeState>;
