import type { DataCapabilities } from "@believe/shared/trade";

export const sierraDataCapabilities: DataCapabilities = {
  name: "sierra",
  status: "works",
  trades: true,
  quotes: true,
  depthLevels: 10,
  licensed: true,
};
