import type { Check } from "./check.ts";

/** 24: whatever the wall clock does, the journal is dense and its market clock never goes back. */
export function clockForward(): Check {
  let lastUs = 0;
  let next = 0;
  return {
    invariant: 24,
    name: "the journal's clock goes forward",
    onRecord: ({ seq, body }) => {
      if (seq !== next) return `expected record ${next}, was ${seq}`;
      next = seq + 1;
      if (!("atUs" in body)) return null;
      if (body.atUs < lastUs) return `expected ${lastUs} or later, was ${body.atUs}`;
      lastUs = body.atUs;
      return null;
    },
  };
}
