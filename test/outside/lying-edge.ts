import { once } from "node:events";
import { createServer, request } from "node:http";
import { buffer } from "node:stream/consumers";

/** What a lie makes of the answer to a path. */
export type Lie = (path: string, body: Buffer) => Buffer;

/** Serves everything that `worker` serves, with a lie about some of it. */
export async function lyingEdge(
  worker: string,
  lie: Lie,
): Promise<{ readonly origin: string; stop(): Promise<void> }> {
  const server = createServer((asked, answer) => {
    const path = asked.url ?? "/";
    // The visitor's own Host: what the page prints leads here.
    const { method, headers } = asked;
    const told = request(new URL(path, worker), { method, headers }, async (honest) => {
      const body = lie(path, await buffer(honest));
      const { "content-length": _, "transfer-encoding": _chunked, ...kept } = honest.headers;
      answer.writeHead(honest.statusCode ?? 502, kept).end(body);
    });
    told.once("error", () => answer.destroy());
    told.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
