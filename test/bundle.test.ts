import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/paths.ts";
import { type Bundle, bundle, forbiddenIn, WORKER_GZIP_BYTES_MAX } from "./bundle.ts";

const CLEAN: Bundle = { inputs: [], externals: [], text: "", gzipBytes: 0 };

function planted(source: string): Promise<Bundle> {
  return bundle({ stdin: { contents: source, resolveDir: `${ROOT}/worker`, loader: "ts" } });
}

describe("what the Worker ships", { timeout: 30_000 }, () => {
  it("holds nothing of trading, no vendor, no file access, and keeps its budget", async () => {
    const shipped = await bundle({ entryPoints: ["worker/src/index.ts"] });
    console.info(
      `worker: ${shipped.inputs.length} inputs, ${(shipped.gzipBytes / 1024).toFixed(1)} KiB of gzip`,
    );
    expect(shipped.inputs).toContain("worker/src/index.ts");
    expect(forbiddenIn(shipped)).toEqual([]);
  });

  it.each(["trade", "strategy", "risk", "engine"])(
    "a planted import of %s is found",
    async (room) => {
      const dirty = await planted(`import * as x from "@believe/shared/${room}"; console.log(x);`);
      expect(forbiddenIn(dirty)).toContainEqual(expect.stringContaining(`shared/src/${room}/`));
    },
  );

  it("a planted key library, file access and account number are found", async () => {
    const dirty = await planted(
      'import { keyPairFromSeed } from "@believe/shared/base/nacl"; import fs from "node:fs";' +
        `console.log(keyPairFromSeed, fs, "account U${"1234567"}");`,
    );
    const found = forbiddenIn(dirty).join("\n");
    expect(found).toContain("node_modules/tweetnacl/");
    expect(found).toContain("imports node:fs");
    expect(found).toContain('holds "U1234567"');
  });

  it("a vendor's name and a byte above the budget are found", () => {
    expect(forbiddenIn({ ...CLEAN, text: 'x("Interactive Brokers")' })).toHaveLength(1);
    expect(forbiddenIn({ ...CLEAN, gzipBytes: WORKER_GZIP_BYTES_MAX + 1 })).toHaveLength(1);
    expect(forbiddenIn({ ...CLEAN, gzipBytes: WORKER_GZIP_BYTES_MAX })).toEqual([]);
  });
});
