import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { renderDashboard } from "@believe/pages/dashboard";
import type { Estate, LiveDelta, LiveSnapshot } from "@believe/shared/wire";
import { buildPages } from "../../pages/build.ts";
import { applyDelta } from "../../pages/dashboard/delta.ts";
import { securityHeaders } from "../../worker/src/middleware/headers.ts";
import { FrameSocket } from "./frame-socket.ts";

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
  woff2: "font/woff2",
};

/** A Worker in miniature whose every word a test decides: states that the real one reaches only by accident. */
export interface StubEdge {
  readonly url: string;
  snapshot: LiveSnapshot;
  nowUs: number;
  /** Whether /api/live and the socket answer. */
  reachable: boolean;
  readonly clicks: unknown[];
  snapshotsServed(): number;
  /** Moves the state on and tells every socket, as the Worker does. */
  publish(changed: LiveDelta["changed"], options?: { readonly skip?: number }): void;
  dropSockets(): void;
  stop(): Promise<void>;
}

/** What the stub answers to one path. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

const NOTHING: Answer = { status: 404, type: "text/plain", body: "" };

class Stub implements StubEdge {
  url = "";
  snapshot: LiveSnapshot;
  nowUs: number;
  reachable = true;
  readonly clicks: unknown[] = [];
  private readonly estate: Estate;
  private readonly assets: string;
  private readonly sockets = new Set<FrameSocket>();
  private readonly http = createServer((request, response) => void this.serve(request, response));
  private served = 0;

  constructor(estate: Estate, snapshot: LiveSnapshot, nowUs: number, assets: string) {
    this.estate = estate;
    this.snapshot = snapshot;
    this.nowUs = nowUs;
    this.assets = assets;
    this.http.on("upgrade", (request, stream) => {
      if (this.reachable) {
        const socket = new FrameSocket(request, stream, (gone) => this.sockets.delete(gone));
        this.sockets.add(socket);
        const { n, atUs, ...changed } = this.snapshot;
        const seen = new URL(request.url ?? "/", "http://stub").searchParams.get("n");
        if (seen !== String(n)) socket.send(JSON.stringify({ n, atUs, changed }));
      } else stream.destroy();
    });
  }

  snapshotsServed(): number {
    return this.served;
  }

  async listen(): Promise<void> {
    this.http.listen(0, "127.0.0.1");
    await once(this.http, "listening");
    const address = this.http.address();
    if (address === null || typeof address === "string") throw new Error("expected a port");
    this.url = `http://127.0.0.1:${address.port}/`;
  }

  publish(changed: LiveDelta["changed"], { skip = 0 } = {}): void {
    const n = this.snapshot.n + 1 + skip;
    const delta = { n, atUs: this.snapshot.atUs + 200_000, changed };
    const outcome = applyDelta({ ...this.snapshot, n: n - 1 }, delta);
    if (outcome.kind === "applied") this.snapshot = outcome.snapshot;
    for (const socket of this.sockets) socket.send(JSON.stringify(delta));
  }

  dropSockets(): void {
    for (const socket of this.sockets) socket.drop();
  }

  async stop(): Promise<void> {
    this.dropSockets();
    this.http.close();
    this.http.closeAllConnections();
    await rm(this.assets, { recursive: true, force: true });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://stub");
    const answer = await this.answer(pathname, request);
    response.writeHead(answer.status, { ...securityHeaders, "content-type": answer.type });
    response.end(answer.body);
  }

  private async answer(path: string, request: IncomingMessage): Promise<Answer> {
    if (path === "/") {
      const { estate, snapshot, nowUs } = this;
      const body = renderDashboard({ estate, snapshot, nowUs });
      return { status: 200, type: "text/html; charset=utf-8", body };
    }
    if (path === "/api/live") {
      this.served += 1;
      const status = this.reachable ? 200 : 503;
      return { status, type: "application/json", body: JSON.stringify(this.snapshot) };
    }
    if (path === "/click") {
      this.clicks.push(await json(request));
      return { ...NOTHING, status: 204 };
    }
    return path.startsWith("/assets/") ? this.asset(path) : NOTHING;
  }

  private async asset(path: string): Promise<Answer> {
    try {
      const type = TYPES[path.split(".").at(-1) ?? ""] ?? "text/plain";
      return { status: 200, type, body: await readFile(join(this.assets, path)) };
    } catch {
      return NOTHING;
    }
  }
}

export async function startStubEdge(
  estate: Estate,
  snapshot: LiveSnapshot,
  nowUs: number,
): Promise<StubEdge> {
  const built = await mkdtemp(join(tmpdir(), "believe-stub-"));
  await buildPages(built);
  const stub = new Stub(estate, snapshot, nowUs, built);
  await stub.listen();
  return stub;
}
