import { problemResponse } from "../problem.ts";

export const SOCKETS_PER_ADDRESS = 24;
export const SOCKETS_MAX = 2_000;
/** Status code of RFC 6455 for a frame that breaks the rules of the room. */
const POLICY_VIOLATION = 1008;

/** One tag for all of a household: an IPv4 address or the /64 of an IPv6 address. Lives as long as its sockets. */
function addressTag(request: Request): string {
  const address = request.headers.get("cf-connecting-ip") ?? "unknown";
  return address.includes(":") ? address.split(":").slice(0, 4).join(":") : address;
}

type SocketState = Pick<
  DurableObjectState,
  "acceptWebSocket" | "getWebSockets" | "setWebSocketAutoResponse"
>;

/** Visitors' hibernating sockets: they are told what changes and may say "ping". */
export class LiveSockets {
  private readonly state: SocketState;

  constructor(state: SocketState) {
    this.state = state;
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  get count(): number {
    return this.state.getWebSockets().length;
  }

  /** Takes a visitor in and sends `greeting`, or refuses at the caps. */
  accept(request: Request, greeting: string | null): Response {
    const tag = addressTag(request);
    if (this.count >= SOCKETS_MAX) {
      const detail = `expected fewer than ${SOCKETS_MAX} connections, was full`;
      return problemResponse("room-full", detail, { "retry-after": "60" });
    }
    if (this.state.getWebSockets(tag).length >= SOCKETS_PER_ADDRESS) {
      const detail = `expected at most ${SOCKETS_PER_ADDRESS} connections an address, was more`;
      return problemResponse("too-many-sockets", detail, { "retry-after": "60" });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.state.acceptWebSocket(server, [tag]);
    if (greeting !== null) server.send(greeting);
    return new Response(null, { status: 101, webSocket: client });
  }

  send(frame: string): void {
    for (const socket of this.state.getWebSockets()) {
      // A socket that is closing is still listed; its visitor reads the snapshot when he returns.
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    }
  }

  refuse(socket: WebSocket): void {
    socket.close(POLICY_VIOLATION, "only ping is expected");
  }
}
