import { defineProvider } from "../provider.ts";
import { sierraDataCapabilities } from "./data-capabilities.ts";
import { sierraTradeCapabilities } from "./trade/index.ts";

/** Sierra Chart through the files of its two studies. */
export const sierra = defineProvider({
  name: "sierra",
  title: "Sierra Chart",
  data: sierraDataCapabilities,
  trade: sierraTradeCapabilities,
});
