import { type Bytes, BytesFailure, utf8Text } from "@believe/shared/base";
import { DOCUMENT_BYTES_MAX, LogFailure, openDocument, parseNote } from "@believe/shared/wire/log";
import type { z } from "zod";
import { verify } from "../middleware/signed.ts";
import { EdgeFailure } from "../problem.ts";

/** A note whose signature holds and whose one line of JSON is exactly its schema. */
export interface SignedNote<T> {
  readonly note: string;
  readonly value: T;
}

function refusal(error: unknown): unknown {
  if (error instanceof BytesFailure) return new EdgeFailure("bad-note", error.message);
  if (!(error instanceof LogFailure)) return error;
  const isForged = error.code === "bad-signature" || error.code === "unknown-key";
  return new EdgeFailure(isForged ? "wrong-signer" : "bad-note", error.message);
}

async function opened(
  body: Bytes,
  vkey: string,
): Promise<{ note: string; text: string; json: unknown }> {
  try {
    const note = utf8Text(body);
    const json = await openDocument(note, vkey, verify);
    const { text, signatures } = parseNote(note, DOCUMENT_BYTES_MAX);
    // A foreign signature line would carry its author's text onto the public page.
    if (signatures.length !== 1) {
      throw new EdgeFailure("bad-note", `expected one signature, was ${signatures.length}`);
    }
    return { note, text, json };
  } catch (error) {
    throw refusal(error);
  }
}

/**
 * Opens a signed document of `vkey` and parses it with an allow-list schema. The text must be the JSON that our
 * agents print: a doubled key or odd spacing could otherwise carry what the schema never saw.
 */
export async function openSignedNote<T>(
  body: Bytes,
  vkey: string,
  schema: z.ZodType<T>,
): Promise<SignedNote<T>> {
  const { note, text, json } = await opened(body, vkey);
  if (`${JSON.stringify(json)}\n` !== text) {
    throw new EdgeFailure("bad-note", "expected JSON in its plain form, was another form");
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") ?? "";
    throw new EdgeFailure("bad-note", `expected the document's schema, was wrong at "${where}"`);
  }
  return { note, value: parsed.data };
}
