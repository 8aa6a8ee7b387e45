import type { Click } from "@believe/shared/wire";

/** Every element of the Verify page whose clicks are counted, by its data-click name. */
const ELEMENTS = ["brand", "live", "verify", "check", "proof-file", "checkpoint", "key"] as const;

/** The closed set of pairs that the Verify page may report. No line that somebody looks up is ever among them. */
export const clickPairs: readonly Click[] = ELEMENTS.map((element) => ({
  page: "verify",
  element,
}));
