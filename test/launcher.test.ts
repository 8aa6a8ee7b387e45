import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/paths.ts";

const LAUNCHERS = [
  { file: "agent-broker/bin/believe-broker", name: "believe-broker" },
  { file: "agent-research/bin/believe-research", name: "believe-research" },
];

/** A tree with a launcher, the check of Node's version, and a main.ts that prints what it was given. */
function tree(file: string): string {
  const root = mkdtempSync(join(tmpdir(), "believe-launcher-"));
  const name = file.split("/")[0] ?? "";
  mkdirSync(join(root, name, "src"), { recursive: true });
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true });
  mkdirSync(join(root, "node_modules/@believe"));
  cpSync(join(ROOT, name, "bin"), join(root, name, "bin"), { recursive: true });
  cpSync(join(ROOT, "scripts/require-node.cjs"), join(root, "scripts/require-node.cjs"));
  symlinkSync(`../../${name}`, join(root, "node_modules/@believe", name));
  const target = `../@believe/${file}`;
  symlinkSync(target, join(root, "node_modules/.bin", file.split("/").at(-1) ?? ""));
  writeFileSync(
    join(root, name, "src/main.ts"),
    "const out: unknown = [process.version, ...process.argv.slice(2)];\nconsole.log(JSON.stringify(out));\n",
  );
  return root;
}

function runWith(version: string): { code: number | null; said: string } {
  const result: { code: number | null; said: string } = { code: null, said: "" };
  const context = createContext({
    process: {
      versions: { node: version },
      stderr: {
        write(text: string) {
          result.said += text;
        },
      },
      exit(code: number) {
        result.code = code;
      },
    },
  });
  runInContext(readFileSync(join(ROOT, "scripts/require-node.cjs"), "utf8"), context);
  return result;
}

describe.each(LAUNCHERS)("the launcher $name", ({ file, name }) => {
  it("may be executed", () => {
    expect(statSync(join(ROOT, file)).mode & 0o111).not.toBe(0);
  });

  it("runs its agent with the Node beside it, from any folder, through npm's link too", () => {
    const root = tree(file);
    symlinkSync(process.execPath, join(root, "node_modules/.bin/node"));
    for (const path of [join(root, file), join(root, "node_modules/.bin", name)]) {
      const said = execFileSync(path, ["--a", "b c"], { cwd: "/", encoding: "utf8" });
      expect(JSON.parse(said)).toEqual([process.version, "--a", "b c"]);
    }
  });

  it("takes the host's Node where npm installed none", () => {
    const root = tree(file);
    const env = { PATH: `${join(ROOT, "node_modules/.bin")}:/usr/bin:/bin` };
    expect(execFileSync(join(root, file), ["x"], { env, encoding: "utf8" })).toContain('"x"');
  });
});

describe("a Node that is too old", () => {
  it.each(["12.0.0", "18.20.4", "20.20.2", "22.12.0", "22.17.1", "23.5.0"])(
    "%s ends with one sentence",
    (version) => {
      const { code, said } = runWith(version);
      expect(code).toBe(1);
      expect(said).toMatch(
        new RegExp(`^believe needs Node [^\\n]* this is Node ${version}: [^\\n]*\\n$`),
      );
    },
  );

  it.each(["22.18.0", "22.23.3", "23.6.0", "24.21.0", "26.0.0"])("%s is not stopped", (version) => {
    expect(runWith(version)).toEqual({ code: null, said: "" });
  });

  it("stops a start before the TypeScript is read, where such a Node is at hand", (context) => {
    const old = ["/usr/bin/node", "/usr/local/bin/node"].find((path) =>
      /^v(1\d|20)\./.test(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout ?? ""),
    );
    if (old === undefined) return context.skip("no Node below 22 on this machine");
    const run = spawnSync(old, ["-r", "./scripts/require-node.cjs", "scripts/check.ts"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^believe needs Node [^\n]*\n$/);
  });
});
