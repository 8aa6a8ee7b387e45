import type { Check } from "./check.ts";

const numberOf = (id: string): number => Number(/(\d+)$/.exec(id)?.[1] ?? Number.NaN);

/** 5: order and intent numbers only ascend over the life of the journal. */
export function ascendingIds(): Check {
  let intents = 0;
  let orders = 0;
  return {
    invariant: 5,
    name: "ids ascend",
    onRecord: ({ stream, body }) => {
      if (stream !== "intent") return null;
      const intent = numberOf(body.intent);
      if (!(intent > intents)) return `expected an intent above ${intents}, was ${body.intent}`;
      intents = intent;
      if (body.action === "cancel" || body.action === "move") return null;
      const order = numberOf(body.order);
      if (!(order > orders)) return `expected an order above ${orders}, was ${body.order}`;
      orders = order;
      return null;
    },
  };
}
