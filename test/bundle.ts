import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { ROOT } from "../scripts/paths.ts";
import { TRADING } from "./rooms.ts";

/** Gzip bytes of the Worker's minified module. Cloudflare's own limit is 3 MB on the free plan. */
export const WORKER_GZIP_BYTES_MAX = 200 * 1024;

const FORBIDDEN_INPUTS: readonly RegExp[] = [
  new RegExp(`(^|/)shared/src/(${TRADING.join("|")})/`),
  /(^|\/)(agent-broker|agent-research|host|sim)\//,
  /node_modules\/(@stoqey|tweetnacl|undici|pino|chokidar)\//,
];
/** Libraries and houses through which an order could leave, and what their account numbers look like. */
const FORBIDDEN_TEXT: readonly RegExp[] = [
  /stoqey|interactive ?brokers|\bibapi\b|\btwsapi\b|rithmic|alpaca\.markets|tradovate/i,
  /\b(DU|DF)[0-9]{6,8}\b|\bU[0-9]{7,8}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

export interface Bundle {
  readonly inputs: readonly string[];
  /** Modules that stay imports: those of the runtime. */
  readonly externals: readonly string[];
  readonly text: string;
  readonly gzipBytes: number;
}

/** Bundles a Worker entry as wrangler does: workerd conditions, `cloudflare:` and `node:` left to the runtime. */
export async function bundle(entry: Pick<BuildOptions, "entryPoints" | "stdin">): Promise<Bundle> {
  const result = await build({
    ...entry,
    absWorkingDir: ROOT,
    bundle: true,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*", "node:*"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    metafile: true,
    write: false,
    logLevel: "silent",
    loader: { ".html": "text", ".txt": "text", ".css": "text", ".woff2": "dataurl" },
  });
  const contents = result.outputFiles[0]?.contents ?? new Uint8Array();
  const outputs = Object.values(result.metafile.outputs);
  return {
    inputs: Object.keys(result.metafile.inputs),
    externals: outputs.flatMap(({ imports }) =>
      imports.filter((one) => one.external).map(({ path }) => path),
    ),
    text: new TextDecoder().decode(contents),
    gzipBytes: gzipSync(contents).length,
  };
}

/** What a Worker bundle may not hold; each finding names what was found. */
export function forbiddenIn({ inputs, externals, text, gzipBytes }: Bundle): string[] {
  return [
    ...inputs
      .filter((path) => FORBIDDEN_INPUTS.some((pattern) => pattern.test(path)))
      .map((path) => `the Worker ships ${path}`),
    ...externals
      .filter((path) => !path.startsWith("cloudflare:"))
      .map((path) => `the Worker imports ${path}`),
    ...FORBIDDEN_TEXT.flatMap((pattern) => pattern.exec(text)?.[0] ?? []).map(
      (found) => `the Worker's text holds "${found}"`,
    ),
    ...(gzipBytes > WORKER_GZIP_BYTES_MAX
      ? [`expected at most ${WORKER_GZIP_BYTES_MAX} bytes of gzip, was ${gzipBytes}`]
      : []),
  ];
}
