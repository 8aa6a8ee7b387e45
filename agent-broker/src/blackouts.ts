import { readConfig } from "@believe/host/config";
import { type Blackout, datedEvents } from "@believe/shared/risk";
import { z } from "zod";

/**
 * Reads the dated events around which there are no entries: in TOML a `[[blackout]]` each, in JSON a list. Throws
 * `ConfigFailure` naming each entry that is none by its place in the list, from 0.
 */
export function readBlackouts(file: string): Blackout[] {
  if (file.endsWith(".json")) return readConfig(file, datedEvents);
  return readConfig(file, z.strictObject({ blackout: datedEvents })).blackout;
}
