import { createServer } from "node:http";
import { expect, it } from "vitest";
import { Pulse } from "./pulse.ts";

it("a pulse has stopped after three misses in a row, and any answer counts as one", async () => {
  const server = createServer((_request, response) => response.writeHead(503).end());
  const listen = (port: number): Promise<number> =>
    new Promise((resolve) =>
      server.listen(port, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
      }),
    );
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const port = await listen(0);
  const pulse = new Pulse(`http://127.0.0.1:${port}/`);
  expect(await pulse.beats()).toBe(true);
  await close();
  expect([await pulse.beats(), await pulse.beats()]).toEqual([true, true]);
  await listen(port);
  expect(await pulse.beats(), "an answer forgives the misses").toBe(true);
  await close();
  expect([await pulse.beats(), await pulse.beats(), await pulse.beats()]).toEqual([
    true,
    true,
    false,
  ]);
});
