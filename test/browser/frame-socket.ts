import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 0x1;
const CLOSE = 0x8;

/** One server-sent frame of RFC 6455, never fragmented. */
function frame(opcode: number, payload: Buffer): Buffer {
  const size = payload.length;
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = head.length === 2 ? size : head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(size, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([head, payload]);
}

/** The server's end of a WebSocket that sends text and answers each short text with "pong". */
export class FrameSocket {
  private readonly stream: Duplex;

  /** Accepts the upgrade; `closed` is called once, however the connection ends. */
  constructor(request: IncomingMessage, stream: Duplex, closed: (socket: FrameSocket) => void) {
    this.stream = stream;
    const key = `${request.headers["sec-websocket-key"]}${GUID}`;
    const accept = createHash("sha1").update(key).digest("base64");
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    stream.on("data", (bytes: Buffer) => this.heard((bytes[0] ?? 0) & 0x0f));
    stream.on("error", () => stream.destroy());
    stream.once("close", () => closed(this));
  }

  send(text: string): void {
    this.stream.write(frame(TEXT, Buffer.from(text)));
  }

  drop(): void {
    this.stream.destroy();
  }

  private heard(opcode: number): void {
    if (opcode === TEXT) this.send("pong");
    if (opcode === CLOSE) this.stream.end(frame(CLOSE, Buffer.alloc(0)));
  }
}
