import type { Check } from "./check.ts";

/** 9: an execution that is heard is booked in that step, whatever was heard of its order before. */
export function fillCounts(): Check {
  const heard = new Set<string>();
  const booked = new Set<string>();
  return {
    invariant: 9,
    name: "a fill counts by itself",
    onWord: (word) => {
      if (word.kind === "execution" && !booked.has(word.exec)) heard.add(word.exec);
      return null;
    },
    onRecord: ({ stream, body }) => {
      const exec = stream === "execution" || stream === "correction" ? body.exec : null;
      if (exec !== null) {
        booked.add(exec);
        heard.delete(exec);
      }
      return null;
    },
    onDeath: () => heard.clear(),
    onStep: () => {
      for (const exec of heard) return `expected execution ${exec} booked when heard, was not`;
      return null;
    },
  };
}
