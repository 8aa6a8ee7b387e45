import type { Click } from "@believe/shared/wire";

/** Every element of the Live page whose clicks are counted, by its data-click name. */
const ELEMENTS = [
  "brand",
  "live",
  "verify",
  "journal-line",
  "equity-table",
  "checkpoint",
  "key",
  "policy",
] as const;

/** The closed set of pairs that the Live page may report; anything else is refused. */
export const clickPairs: readonly Click[] = ELEMENTS.map((element) => ({ page: "live", element }));
