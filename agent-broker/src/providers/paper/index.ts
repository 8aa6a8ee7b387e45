import { paperCapabilities } from "@believe/shared/match";
import { defineProvider } from "../provider.ts";

/** The simulated venue: pessimistic, in our own process, driven by the market that we see. */
export const paper = defineProvider({
  name: "paper",
  title: "Paper venue",
  data: null,
  trade: paperCapabilities,
});
