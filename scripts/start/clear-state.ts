import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StartFailure } from "./failure.ts";

/** What an estate writes before anything else of it: one of them tells its folder from any other. */
const OURS = ["genesis.json", "processes.json"];

/** Clears an estate's state. A folder that holds something else is refused: a mistyped path costs nothing. */
export function clearState(folder: string): void {
  if (!existsSync(folder)) return;
  const held = readdirSync(folder);
  if (held.length > 0 && !OURS.some((name) => existsSync(join(folder, name)))) {
    throw new StartFailure(
      "not-a-state",
      `expected the state of an estate in ${folder} to clear, was something else`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
}
