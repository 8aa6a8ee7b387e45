import { describe, expect, it } from "vitest";
import { providerFor, providers } from "./index.ts";

describe("the registry of providers", () => {
  it("names each provider as its capabilities do", () => {
    for (const { name, data, trade } of providers) {
      for (const capabilities of [data, trade]) {
        if (capabilities !== null) expect(capabilities.name).toBe(name);
      }
    }
  });

  it("gives what works in the role that is asked for", () => {
    expect(providerFor("sierra", "trade").trade?.restsStops).toBe(true);
    expect(providerFor("replay", "data").trade).toBeNull();
  });

  it("refuses a planned, a foreign and an unknown provider with one sentence each", () => {
    expect(() => providerFor("rithmic", "trade")).toThrow(
      "expected a provider of orders (sierra, paper), was rithmic, which is planned and does not exist yet",
    );
    expect(() => providerFor("paper", "data")).toThrow(
      "expected a provider of market data (sierra, replay), was paper",
    );
    expect(() => providerFor("nobody", "trade")).toThrow("was nobody");
  });
});
