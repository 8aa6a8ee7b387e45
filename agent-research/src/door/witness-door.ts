import type { IncomingMessage, ServerResponse } from "node:http";
import { BytesFailure, utf8Text } from "@believe/shared/base";
import { ADD_CHECKPOINT_BYTES_MAX, type AddOutcome, addAnswer } from "@believe/shared/wire/log";
import type { Witness } from "../witness/index.ts";

const TOO_LARGE: AddOutcome = {
  kind: "malformed",
  detail: `expected at most ${ADD_CHECKPOINT_BYTES_MAX} bytes, was more`,
};

/** Whether a path asks for C2SP `add-checkpoint`, and of which log. */
export function addCheckpointLog(path: string): string | null {
  return /^\/log\/([^/]+)\/add-checkpoint$/.exec(path)?.[1] ?? null;
}

/** C2SP tlog-witness over HTTP: the answer is plain text, and nobody has to sign the request. */
export async function answerAddCheckpoint(
  witness: Pick<Witness, "addCheckpoint">,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await textOf(request);
  // Bytes that are no text become a body that no parser takes: 400, as the specification has it.
  const outcome = body === null ? TOO_LARGE : await witness.addCheckpoint(body);
  const { status, headers, body: answer } = addAnswer(outcome);
  // Whatever of the body was not read must not be taken for the next request of the connection.
  const rest = body === null ? { connection: "close" } : {};
  response.writeHead(status, { ...headers, ...rest, "cache-control": "no-store" }).end(answer);
}

/** The body as text, empty where it is none; null where it is too large. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const chunk = Buffer.from(part);
    length += chunk.length;
    if (length > ADD_CHECKPOINT_BYTES_MAX) return null;
    parts.push(chunk);
  }
  try {
    return utf8Text(new Uint8Array(Buffer.concat(parts)));
  } catch (cause) {
    if (cause instanceof BytesFailure) return "";
    throw cause;
  }
}
