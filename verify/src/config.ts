import { homedir } from "node:os";
import { join } from "node:path";

/** Where what was seen is remembered unless `--pins` says otherwise. */
export function defaultPinsFile(): string {
  const config = process.env["XDG_CONFIG_HOME"];
  // The base directory specification: a relative or empty path counts as not set.
  const folder = config?.startsWith("/") ? config : join(homedir(), ".config");
  return join(folder, "believe", "pins.json");
}
