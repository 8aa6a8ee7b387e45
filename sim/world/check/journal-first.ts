import type { Check } from "./check.ts";

/** 1: no order leaves before its intent is durable. */
export function journalFirst(): Check {
  const durable = new Set<string>();
  return {
    invariant: 1,
    name: "journal before wire",
    onRecord: ({ stream, body }) => {
      if (stream === "intent") durable.add(body.intent);
      return null;
    },
    onSubmit: ({ intent }) =>
      durable.has(intent) ? null : `expected ${intent} in the journal before the wire, was not`,
  };
}
