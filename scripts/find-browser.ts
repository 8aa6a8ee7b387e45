/** Where the system's Chromium is: `node scripts/find-browser.ts` prints its path, installing it where it may. */
import "./require-node.ts";
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const USUAL_PLACES = [
  "/usr/bin",
  "/usr/local/bin",
  "/snap/bin",
  "/opt/google/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS",
  "/Applications/Chromium.app/Contents/MacOS",
];
const MAC_NAMES = ["Google Chrome", "Chromium"];

/** What the search reads of the machine; a test gives its own. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  isExecutable(path: string): boolean;
  /** Debian (or a child of it) and we are root: apt-get may install. */
  readonly mayInstall: boolean;
  install(): void;
}

const thisMachine: Machine = {
  env: process.env,
  isExecutable(path) {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
  mayInstall: existsSync("/etc/debian_version") && process.getuid?.() === 0,
  install() {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    // What apt-get says goes to stderr: stdout is for the path.
    const stdio: ("ignore" | number)[] = ["ignore", 2, 2];
    execFileSync("apt-get", ["update", "-q"], { env, stdio });
    execFileSync("apt-get", ["install", "-q", "-y", "--no-install-recommends", "chromium"], {
      env,
      stdio,
    });
  },
};

function search(machine: Machine): string | undefined {
  const folders = [
    ...(machine.env["PATH"] ?? "").split(delimiter).filter(Boolean),
    ...USUAL_PLACES,
  ];
  return [...NAMES, ...MAC_NAMES]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => machine.isExecutable(path));
}

/**
 * The path of a Chromium: BELIEVE_CHROMIUM, else the first one installed, else (Debian, root) one installed now.
 * Throws one line that says what to install.
 */
export function findBrowser(machine: Machine = thisMachine): string {
  const named = machine.env["BELIEVE_CHROMIUM"];
  if (named !== undefined && named !== "") {
    if (machine.isExecutable(named)) return named;
    throw new Error(`expected BELIEVE_CHROMIUM to name an executable, was ${named}`);
  }
  const found = search(machine);
  if (found !== undefined) return found;
  if (machine.mayInstall) machine.install();
  const installed = machine.mayInstall ? search(machine) : undefined;
  if (installed !== undefined) return installed;
  throw new Error(
    "no Chromium found: install the package chromium or google-chrome, or set BELIEVE_CHROMIUM to its path",
  );
}

if (import.meta.main) {
  try {
    console.log(findBrowser());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
