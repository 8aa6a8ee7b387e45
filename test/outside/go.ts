import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ROOT } from "../../scripts/paths.ts";

/** The stranger's checker, built; or why it cannot be built here. */
export type GoVerifier = { readonly binary: string } | { readonly absent: string };

const CACHE = join(ROOT, "node_modules/.cache/believe/outside");
const NOTE = "src/golang.org/x/mod/sumdb/note";

/** Go on the path, or where Debian's versioned packages put it. */
function goBinary(): string | undefined {
  const versioned = existsSync("/usr/lib")
    ? readdirSync("/usr/lib")
        .filter((name) => /^go-\d/.test(name))
        .map((name) => join("/usr/lib", name, "bin"))
    : [];
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...versioned];
  return folders.map((folder) => join(folder, "go")).find((file) => existsSync(file));
}

/** The folder under which Debian's golang-golang-x-mod-dev, or a person, keeps x/mod. */
function goPath(): string | undefined {
  const folders = [...(process.env["GOPATH"] ?? "").split(delimiter), "/usr/share/gocode"];
  return folders.find((folder) => folder !== "" && existsSync(join(folder, NOTE)));
}

/** Builds `verify` from the files beside this one. Nothing is installed and nothing is fetched. */
export function buildGoVerifier(): GoVerifier {
  const go = goBinary();
  if (go === undefined) return { absent: "no go: apt-get install golang-go" };
  const path = goPath();
  if (path === undefined) {
    return { absent: "no golang.org/x/mod: apt-get install golang-golang-x-mod-dev" };
  }
  mkdirSync(CACHE, { recursive: true });
  const binary = join(CACHE, process.platform === "win32" ? "verify.exe" : "verify");
  execFileSync(go, ["build", "-o", binary, "."], {
    cwd: import.meta.dirname,
    env: {
      ...process.env,
      GO111MODULE: "off",
      GOPATH: path,
      GOCACHE: join(CACHE, "go-build"),
      GOPROXY: "off",
      GOTOOLCHAIN: "local",
      GOFLAGS: "",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return { binary };
}
