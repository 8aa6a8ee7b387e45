import { join } from "node:path";
import { Wal, WalFailure } from "@believe/host/wal";
import { timeUs } from "@believe/shared/base";
import type { BrokerConfig } from "../config.ts";

/** Whether an agent runs on this state and holds its journal. */
export function isHeld({ state }: Pick<BrokerConfig, "state">): boolean {
  try {
    const wallUs = () => timeUs(Date.now() * 1_000);
    Wal.open({ folder: join(state, "journal"), wallUs }).close();
    return false;
  } catch (failure) {
    if (failure instanceof WalFailure && failure.code === "locked") return true;
    throw failure;
  }
}
