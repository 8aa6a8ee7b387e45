import { createServer, type Server } from "node:http";
import { utf8Text } from "@believe/shared/base";
import { parseAddCheckpoint, parseNote } from "@believe/shared/wire/log";

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Takes whatever an agent sends over TCP and remembers every byte of it: what a thief of the edge would have. */
export class ListeningWorker {
  readonly heard: Heard[] = [];
  readonly #server: Server;
  #note: string | null = null;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "" } = request;
        const body = Buffer.concat(chunks).toString("latin1");
        this.heard.push({ method, path: url, body });
        if (method === "GET" && url === "/log/broker/checkpoint" && this.#note !== null) {
          response.writeHead(200).end(this.#note);
        } else if (method === "POST" && url === "/log/broker/add-checkpoint") {
          const { note } = parseAddCheckpoint(utf8Text(new Uint8Array(Buffer.concat(chunks))));
          this.#note = note;
          response.writeHead(200).end();
        } else response.writeHead(method === "GET" ? 404 : 201).end();
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", () => resolve()));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** How many leaves the newest checkpoint covers. */
  get covered(): number {
    return this.#note === null ? 0 : Number(parseNote(this.#note).text.split("\n")[1]);
  }

  get openings(): readonly Heard[] {
    return this.heard.filter(({ path }) => path.startsWith("/log/broker/open/"));
  }

  /** The newest document that was put at `path`, as JSON. */
  document(path: string): Record<string, unknown> {
    const text = this.heard.findLast((heard) => heard.path === path)?.body ?? "null";
    return JSON.parse(text.split("\n")[0] ?? "null");
  }
}
