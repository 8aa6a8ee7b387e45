import { createServer } from "node:net";
import { StartFailure } from "./failure.ts";

/** Refuses a loopback port that somebody else listens on; 0 means any free one. */
export async function expectFreePort(port: number): Promise<void> {
  if (port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new StartFailure(
          "port-taken",
          `expected port ${port} to be free, it is taken (${cause.code}); --port 0 takes a free one`,
          { cause },
        ),
      );
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}
