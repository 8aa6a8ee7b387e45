import type { Verify } from "@believe/shared/base";
import { LogFailure } from "./failure.ts";
import { openNote, type Signer, signNote } from "./note.ts";

/** Longest signed document that is looked at, in UTF-8 bytes. */
export const DOCUMENT_BYTES_MAX = 256 * 1024;

/** Signs one line of JSON (without its line feed) as a note: status and figures travel so. */
export function signDocument(json: string, signer: Signer): Promise<string> {
  if (json.includes("\n")) {
    throw new LogFailure("malformed", "expected one line of JSON, was more");
  }
  return signNote(`${json}\n`, signer);
}

/** Verifies the note and returns the JSON value in it; the caller parses it with its schema. */
export async function openDocument(note: string, vkey: string, verify: Verify): Promise<unknown> {
  const text = await openNote(note, vkey, verify, DOCUMENT_BYTES_MAX);
  if (text.indexOf("\n") !== text.length - 1) {
    throw new LogFailure("malformed", "expected a note of one line of JSON, was more lines");
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LogFailure("malformed", "expected a line of JSON, was other text", { cause });
  }
}
