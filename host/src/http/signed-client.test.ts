import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { concat, strictVerifier, utf8 } from "@believe/shared/base";
import { keyPairFromSeed, naclVerifier, signWithSeed } from "@believe/shared/base/nacl";
import { type RequestVerdict, verifyRequest } from "@believe/shared/wire";
import { afterEach, expect, it } from "vitest";
import { HttpFailure } from "./http-failure.ts";
import { SignedClient } from "./signed-client.ts";

const seed = new Uint8Array(32).fill(21);
const verify = strictVerifier(naclVerifier);
const opened: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = addressOf(server);
  return { server, url: `http://127.0.0.1:${port}` };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return address;
}

function clientOf(baseUrl: string, answerMs = 2_000): SignedClient {
  const sign = (message: Uint8Array) => signWithSeed(seed, message);
  const client = new SignedClient({ baseUrl, keyId: "test/request", sign, answerMs });
  opened.push(() => client.close());
  return client;
}

async function verdictOf(request: IncomingMessage): Promise<RequestVerdict> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const header = (name: string) => request.headers[name]?.toString() ?? null;
  return verifyRequest({
    method: request.method ?? "",
    url: `http://${request.headers.host}${request.url}`,
    headers: header,
    body: concat(...chunks),
    keys: () => keyPairFromSeed(seed).publicKey,
    verify,
    nowS: Math.floor(Date.now() / 1000),
  });
}

it("signs what really goes over the wire", async () => {
  const { url } = await serve(async (request, response) => {
    const verdict = await verdictOf(request);
    response.writeHead(verdict.ok ? 201 : 401, { "x-seen": "yes" });
    response.end(verdict.ok ? `${request.method} ${verdict.keyId}` : verdict.code);
  });
  const client = clientOf(url);
  const put = await client.put("/log/a?b=c d", utf8("bytes"), "application/octet-stream");
  expect(put).toMatchObject({ status: 201, text: "PUT test/request" });
  expect(put.headers["x-seen"]).toBe("yes");
  expect((await client.put("/empty", "", "text/plain")).text).toBe("PUT test/request");
  expect((await client.post("/x", "text", "text/plain")).text).toBe("POST test/request");
  expect((await client.post("/x", "text", "text/plain", { signed: false })).text).toBe("unsigned");
});

it("gives every status and redirect as an answer, with its bytes", async () => {
  const { url } = await serve((request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status, { location: "/200" });
    response.end(Buffer.from([0xff, status % 256]));
  });
  const client = clientOf(url);
  for (const status of [200, 302, 404, 409, 429, 500, 503]) {
    const answer = await client.get(`/${status}`);
    expect([answer.status, [...answer.bytes]]).toEqual([status, [0xff, status % 256]]);
  }
});

it("keeps its connections for the next requests", async () => {
  const sockets = new Set<unknown>();
  const { url } = await serve((request, response) => {
    sockets.add(request.socket);
    response.end("ok");
  });
  const client = clientOf(url);
  for (let i = 0; i < 10; i++) await client.get("/");
  expect(sockets.size).toBeLessThan(4);
});

it("throws HttpFailure with a code for every broken connection", async () => {
  const silent = await serve(() => undefined);
  const cut = await serve((request) => request.socket.destroy());
  const half = await serve((request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("only this", () => request.socket.destroy());
  });
  const stalled = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("only this");
  });
  const gone = await serve(() => undefined);
  const { url: nobody } = gone;
  gone.server.close();
  await once(gone.server, "close");
  const codeOf = async (url: string): Promise<string> => {
    try {
      return String((await clientOf(url, 150).get("/")).status);
    } catch (error) {
      return error instanceof HttpFailure ? error.code : String(error);
    }
  };
  expect(await codeOf(silent.url)).toBe("timed-out");
  expect(await codeOf(stalled.url)).toBe("timed-out");
  expect(await codeOf(cut.url)).toBe("broken");
  expect(await codeOf(half.url)).toBe("broken");
  expect(await codeOf(nobody)).toBe("unreachable");
});

it("says a text answer that is not UTF-8 is broken", async () => {
  const { url } = await serve((_, response) => response.end(Buffer.from([0xff])));
  const sent = clientOf(url).put("/", "x", "text/plain");
  await expect(sent).rejects.toMatchObject({ code: "broken" });
});
