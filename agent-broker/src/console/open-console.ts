import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "@believe/host/disk";
import type { Log } from "@believe/host/log";
import type { BrokerConfig } from "../config.ts";
import { BrokerFailure } from "../failure.ts";
import { consoleFiles } from "./console-files.ts";
import type { ConsolePort } from "./console-port.ts";
import { ConsoleServer } from "./console-server.ts";
import { ConsoleToken } from "./console-token.ts";

/** The page as `pages/build.ts` makes it. */
const BUILT = fileURLToPath(new URL("../../../pages/dist-console", import.meta.url));

export interface OpenConsole {
  close(): Promise<void>;
}

/**
 * Serves the operator's console where the configuration wants one. Its address with the token in it goes into a file
 * that only this user reads, never into a log. An agent that trades does not end because the page was not built or
 * another one has the port: it says so and goes on, the command line still reaches it.
 */
export async function openConsole(
  { state, console }: Pick<BrokerConfig, "state" | "console">,
  desk: ConsolePort,
  log: Log,
): Promise<OpenConsole | null> {
  const urlFile = join(state, "console.url");
  const tokenFile = join(state, "console.token");
  const forget = (): void => {
    for (const file of [urlFile, tokenFile]) rmSync(file, { force: true });
  };
  // Of a process that was killed: its token opens nothing any more.
  forget();
  if (console.port === 0) return null;
  const page = console.page ?? BUILT;
  if (!existsSync(join(page, "console.html"))) {
    log.warn("console.not-built", { expected: page });
    return null;
  }
  const token = ConsoleToken.make(tokenFile);
  const files = consoleFiles(page);
  const nowMs = (): number => performance.now();
  const server = new ConsoleServer({ port: console.port, token, files, desk, log, nowMs });
  try {
    const port = await server.open();
    replaceFile(urlFile, `http://127.0.0.1:${port}/#token=${token.text}\n`);
    log.info("console.open", { port, address: urlFile });
  } catch (failure) {
    forget();
    if (!(failure instanceof BrokerFailure)) throw failure;
    log.error("console.refused", failure);
    return null;
  }
  return {
    close: async () => {
      forget();
      await server.close();
    },
  };
}
