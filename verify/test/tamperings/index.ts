import { entries } from "./entries.ts";
import { forks } from "./forks.ts";
import { keyChanges } from "./key-changes.ts";
import { openings } from "./openings.ts";
import { signatures } from "./signatures.ts";
import type { Tampering } from "./tampering.ts";
import { tiles } from "./tiles.ts";

/** Changes of a served log that only its edge could make, each with what the finding must name. */
export const tamperings: readonly Tampering[] = [
  ...entries,
  ...tiles,
  ...signatures,
  ...keyChanges,
  ...forks,
  ...openings,
];
