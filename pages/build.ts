import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FONTS = ["ibm-plex-sans", "source-serif-4", "ibm-plex-mono"];

/** Gives the contracts the part of zod that they use: the whole is half of what a page loads. */
export const leanZod: Plugin = {
  name: "lean-zod",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]shared[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replace(
        'import { z } from "zod";',
        'import * as z from "@believe/shared/base/lean-zod";',
      );
      return { contents, loader: "ts" };
    });
  },
};

/** Tells zod not to compile its parsers with `new Function`, which the pages' CSP refuses and reports. */
const NO_EVAL = "globalThis.__zod_globalConfig={jitless:true};";

/** The entries of one site: what the public loads, and what the agent serves on its own machine. */
interface Site {
  readonly scripts: Readonly<Record<string, string>>;
  readonly styles: Readonly<Record<string, string>>;
}

const PUBLIC: Site = {
  scripts: {
    live: "dashboard/live.tsx",
    verify: "verify/verify.tsx",
    "verify-worker": "verify/check-worker.ts",
  },
  styles: { live: "dashboard/live.css", verify: "verify/verify.css" },
};
const CONSOLE: Site = {
  scripts: { console: "console/console.tsx" },
  styles: { console: "console/console.css" },
};

async function buildSite(site: Site, assets: string): Promise<void> {
  await rm(assets, { recursive: true, force: true });
  await mkdir(join(assets, "fonts"), { recursive: true });
  await build({
    absWorkingDir: HERE,
    entryPoints: { ...site.scripts },
    outdir: assets,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [leanZod],
    banner: { js: NO_EVAL },
    logOverride: { "import-is-undefined": "error" },
    legalComments: "none",
    logLevel: "warning",
  });
  await build({
    absWorkingDir: HERE,
    entryPoints: { ...site.styles },
    outdir: assets,
    bundle: true,
    minify: true,
    external: ["/assets/*"],
    logLevel: "warning",
  });
  await copyFile(join(HERE, "ui/icon.svg"), join(assets, "icon.svg"));
  for (const font of FONTS) {
    await copyFile(join(HERE, `ui/fonts/${font}.woff2`), join(assets, `fonts/${font}.woff2`));
    await copyFile(join(HERE, `ui/fonts/${font}.OFL.txt`), join(assets, `fonts/${font}.OFL.txt`));
  }
}

/** Builds what the public's browsers load into `outDir`: scripts and styles of Live and Verify, icon and fonts. */
export async function buildPages(outDir: string = join(HERE, "dist")): Promise<void> {
  await buildSite(PUBLIC, join(outDir, "assets"));
}

/** Builds the operator's console into `outDir`, whole: the broker agent serves it and nobody else. */
export async function buildConsole(outDir: string = join(HERE, "dist-console")): Promise<void> {
  await buildSite(CONSOLE, join(outDir, "assets"));
  await copyFile(join(HERE, "console/console.html"), join(outDir, "console.html"));
}

if (import.meta.main) {
  await buildPages();
  await buildConsole();
}
