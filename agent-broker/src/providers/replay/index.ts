import { defineProvider } from "../provider.ts";
import { replayCapabilities } from "./replay-data.ts";

/** Captured segments, played again. */
export const replay = defineProvider({
  name: "replay",
  title: "Replay of captures",
  data: replayCapabilities,
  trade: null,
});

export { ReplayData } from "./replay-data.ts";
