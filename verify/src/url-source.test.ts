import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildVerify } from "../build.ts";
import { keysText, runVerify, ScratchFolder } from "../test/estate-on-disk.ts";
import { haltLine, halts, type MinutePlan, ServedLog } from "../test/served-log.ts";
import { logUrl } from "./url-source.ts";

let scratch: ScratchFolder;
let keys: string;
let server: Server | null = null;
beforeEach(() => {
  scratch = new ScratchFolder();
  keys = scratch.file("public.txt", keysText());
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
  scratch.remove();
});

async function listen(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return `http://127.0.0.1:${address.port}`;
}

function serve(log: ServedLog, onGet: (path: string) => unknown = () => null): Promise<string> {
  return listen(async (request, response) => {
    const path = (request.url ?? "").replace("/log/broker/", "");
    await onGet(path);
    const bytes = await log.get(path);
    response.writeHead(bytes === null ? 404 : 200);
    response.end(bytes);
  });
}

describe("a log behind a URL", { timeout: 30_000 }, () => {
  it("is checked like a mirrored one, tampering included", async () => {
    const log = await ServedLog.of(halts(Array.from({ length: 300 }, (_, i) => i % 3)));
    const url = await serve(log);
    expect((await runVerify(url, "--keys", keys)).last).toMatch(/^OK 300 leaves, 300 records, /);
    log.files.delete("open/200");
    const run = await runVerify(`${url}/log/broker/`, "--keys", keys);
    expect([run.code, run.last]).toEqual([1, expect.stringContaining("open/200 ")]);
  });

  it("may grow and open more while it is read", async () => {
    const plans = (opened: number): MinutePlan[] =>
      Array.from({ length: 40 }, (_, i) => ({ lines: [haltLine(i)], opened: i < opened }));
    const before = await ServedLog.of(plans(30));
    const after = await ServedLog.of([...plans(40), { lines: [haltLine(40)] }]);
    const url = await serve(before, (path) => {
      // Everything below is read after the openings of the first leaves were.
      if (path !== "open/25") return;
      for (const [file, bytes] of after.files) {
        if (file !== "checkpoint") before.files.set(file, bytes);
      }
    });
    const run = await runVerify(url, "--keys", keys);
    expect([run.code, run.last]).toEqual([0, expect.stringMatching(/^OK 40 leaves, 40 records/)]);
  });

  it("ends with 4 for other answers, redirects and too long files", async () => {
    for (const status of [302, 403, 500, 503]) {
      const url = await listen((_, response) => {
        response.writeHead(status, { location: "/" });
        response.end();
      });
      const run = await runVerify(url, "--keys", keys);
      expect([run.code, run.err.at(-1)]).toEqual([4, expect.stringContaining(String(status))]);
      server?.closeAllConnections();
      server?.close();
    }
    const silent = await listen(() => undefined);
    expect((await runVerify(silent, "--keys", keys, "--timeout", "1")).code).toBe(4);
  });

  it("is found by its site or by its folder", () => {
    expect(logUrl("https://log.example.test")).toBe("https://log.example.test/log/broker/");
    expect(logUrl("https://a.test/x/log/broker?y#z")).toBe("https://a.test/x/log/broker/");
  });
});

it("ships as one file that runs alone", { timeout: 60_000 }, async () => {
  const log = await ServedLog.of(halts([1, 2, 3]));
  const url = await serve(log);
  const built = await buildVerify(join(scratch.path, "build", "believe-verify.mjs"));
  const alone = join(scratch.path, "elsewhere.mjs");
  copyFileSync(built, alone);
  const options = { cwd: scratch.path, env: { HOME: scratch.path, PATH: "" } };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [alone, url, "--keys", keys], options);
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^OK 3 leaves, 6 records, root /);
  await expect(run(process.execPath, [alone, url], options)).rejects.toMatchObject({ code: 3 });
  log.files.delete("open/1");
  await expect(run(process.execPath, [alone, url], options)).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^TAMPERED open\/1 /),
  });
});
