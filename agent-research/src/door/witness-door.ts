import type { IncomingMessage, ServerResponse } from "node:http";
import { BytesFailure, utf8Text } from "@believe/shared/base";
import {
  ADD_CHECKPOINT_BYTES_MAX,
  actAnswer,
  addAnswer,
  KEY_CHANGE_BYTES_MAX,
  UNFREEZE_BYTES_MAX,
} from "@believe/shared/wire/log";
import type { Witness } from "../witness/index.ts";

/** What the door asks of this agent as a witness. */
export type WitnessRoom = Pick<Witness, "addCheckpoint" | "unfreeze" | "changeKey">;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What may be asked of a witness: each is one signed note, and the note is its own authority. */
const ASKS = {
  "add-checkpoint": {
    bytesMax: ADD_CHECKPOINT_BYTES_MAX,
    ask: async (witness: WitnessRoom, body: string): Promise<Answer> =>
      addAnswer(await witness.addCheckpoint(body)),
  },
  unfreeze: {
    bytesMax: UNFREEZE_BYTES_MAX,
    ask: async (witness: WitnessRoom, body: string): Promise<Answer> =>
      actAnswer(await witness.unfreeze(body)),
  },
  "key-change": {
    bytesMax: KEY_CHANGE_BYTES_MAX,
    ask: async (witness: WitnessRoom, body: string): Promise<Answer> =>
      actAnswer(await witness.changeKey(body)),
  },
} as const;

/** A path that asks something of a witness, and of which log. */
export interface WitnessPath {
  readonly log: string;
  readonly ask: keyof typeof ASKS;
}

export function witnessPath(path: string): WitnessPath | null {
  const [, log, name] = /^\/log\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (log === undefined) return null;
  if (name === "add-checkpoint" || name === "unfreeze" || name === "key-change") {
    return { log, ask: name };
  }
  return null;
}

/** C2SP tlog-witness over HTTP, and two more in its forms: answers are plain text, nobody signs the request. */
export async function answerWitness(
  witness: WitnessRoom,
  name: WitnessPath["ask"],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { ask, bytesMax } = ASKS[name];
  const body = await textOf(request, bytesMax);
  const {
    status,
    headers,
    body: answer,
  } = body === null ? tooLarge(bytesMax) : await ask(witness, body);
  // Whatever of the body was not read must not be taken for the next request of the connection.
  const rest = body === null ? { connection: "close" } : {};
  response.writeHead(status, { ...headers, ...rest, "cache-control": "no-store" }).end(answer);
}

function tooLarge(bytesMax: number): Answer {
  return addAnswer({
    kind: "malformed",
    detail: `expected at most ${bytesMax} bytes, was more`,
  });
}

/** The body as text, empty where it is none: no parser takes that, so it is a 400. Null where it is too large. */
async function textOf(request: IncomingMessage, bytesMax: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const chunk = Buffer.from(part);
    length += chunk.length;
    if (length > bytesMax) return null;
    parts.push(chunk);
  }
  try {
    return utf8Text(new Uint8Array(Buffer.concat(parts)));
  } catch (cause) {
    if (cause instanceof BytesFailure) return "";
    throw cause;
  }
}
