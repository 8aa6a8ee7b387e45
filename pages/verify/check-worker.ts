import type { RebuiltLog } from "@believe/shared/wire/log";
import { browserTools } from "./checks/browser-tools.ts";
import { checkFile, proveEntry } from "./checks/entry-check.ts";
import { httpSource, VerifyFailure } from "./checks/http-source.ts";
import { LogCheck } from "./checks/log-check.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** The Web Worker of the Verify page: all hashing is done here, so that the page stays smooth. */
const source = httpSource("/log/broker/");
const tools = browserTools;
let kept: RebuiltLog | null = null;

const tell = (message: FromWorker): void => self.postMessage(message);

async function answer(asked: ToWorker): Promise<void> {
  switch (asked.ask) {
    case "check": {
      const ports = {
        source,
        tools,
        tell,
        nowMs: () => performance.now(),
        wallUs: () => Date.now() * 1000,
      };
      kept = await new LogCheck(asked, ports).run();
      return;
    }
    case "entry":
      return tell(await proveEntry(asked.seq, asked.facts, { source, tools }));
    case "file":
      return tell(await checkFile(asked, asked.facts, kept, { source, tools }));
  }
}

async function taken(asked: ToWorker): Promise<void> {
  try {
    await answer(asked);
  } catch (failure) {
    if (!(failure instanceof VerifyFailure)) throw failure;
    if (asked.ask === "check") tell({ tell: "offline", what: failure.message });
    else tell({ tell: "no-entry", said: "The log cannot be reached, so nothing was checked." });
  }
}

self.addEventListener("message", (event: MessageEvent<ToWorker>) => void taken(event.data));
