import { DOCUMENT_BYTES_MAX, LogFailure, parseNote } from "@believe/shared/wire/log";

/** How far the signature of a document has come in this reader. The server never goes beyond "unchecked". */
export type Proof = "unchecked" | "checked" | "failed" | "unavailable";

/** A signed document as a page may use it: a value exists only where the text could be read. */
export type SignedDocument<Value> =
  | { readonly state: "none" }
  | { readonly state: "unreadable" }
  | { readonly state: "read"; readonly value: Value; readonly proof: Proof };

interface Reader<Value> {
  safeParse(value: unknown): { success: true; data: Value } | { success: false };
}

/** The one line of JSON in a note; undefined for anything else. */
function jsonIn(note: string): unknown {
  try {
    return JSON.parse(parseNote(note, DOCUMENT_BYTES_MAX).text);
  } catch (failure) {
    if (failure instanceof LogFailure || failure instanceof SyntaxError) return undefined;
    throw failure;
  }
}

/** Reads a note without checking its signature. Whatever the schema refuses is unreadable, never half shown. */
export function readDocument<Value>(
  note: string | null,
  schema: Reader<Value>,
  proof: Proof,
): SignedDocument<Value> {
  if (note === null) return { state: "none" };
  const parsed = schema.safeParse(jsonIn(note));
  return parsed.success ? { state: "read", value: parsed.data, proof } : { state: "unreadable" };
}

/** The value, or null where there is none to show. */
export function readValue<Value>(document: SignedDocument<Value>): Value | null {
  return document.state === "read" ? document.value : null;
}
