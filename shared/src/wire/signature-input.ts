/** The one member of an RFC 9421 Signature-Input dictionary, read strictly (RFC 8941 grammar, canonical form only). */
export interface SignatureInput {
  readonly label: string;
  readonly components: readonly string[];
  readonly params: readonly (readonly [name: string, value: string | number])[];
  /** The member's value as it stood: what `"@signature-params"` covers. */
  readonly text: string;
}

/** Why a field was refused: it holds more than one member, or is not in the one form that we write. */
export type FieldFault = "many-signatures" | "malformed";

const KEY = /[a-z*][a-z0-9_.*-]{0,63}/y;
const STRING = /"[ !#-[\]-~]{0,255}"/y;
const INTEGER = /-?(?:0|[1-9]\d{0,14})/y;
const BYTES = /:[A-Za-z0-9+/]{0,1024}={0,2}:/y;

class Cursor {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The text that `pattern` (sticky) matches here, or null; moves past it. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  skip(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }

  get ended(): boolean {
    return this.at === this.text.length;
  }

  get rest(): string {
    return this.text.slice(this.at);
  }
}

function innerList(cursor: Cursor): string[] | null {
  if (!cursor.skip("(")) return null;
  const items: string[] = [];
  while (!cursor.skip(")")) {
    if (items.length > 0 && !cursor.skip(" ")) return null;
    const item = cursor.take(STRING);
    if (item === null || items.length === 32) return null;
    items.push(item.slice(1, -1));
  }
  return items;
}

function parameters(cursor: Cursor): [string, string | number][] | null {
  const params: [string, string | number][] = [];
  while (cursor.skip(";")) {
    const name = cursor.take(KEY);
    if (name === null || !cursor.skip("=")) return null;
    const text = cursor.take(STRING);
    const integer = text === null ? cursor.take(INTEGER) : null;
    if (text !== null) params.push([name, text.slice(1, -1)]);
    else if (integer !== null && integer !== "-0") params.push([name, Number(integer)]);
    else return null;
  }
  return params;
}

const faultAt = (cursor: Cursor): FieldFault =>
  /^[ \t]*,/.test(cursor.rest) ? "many-signatures" : "malformed";

/** Reads a Signature-Input field that holds exactly one signature whose components carry no parameters. */
export function parseSignatureInput(field: string): SignatureInput | FieldFault {
  const cursor = new Cursor(field);
  const label = cursor.take(KEY);
  if (label === null || !cursor.skip("=")) return "malformed";
  const text = cursor.rest;
  const components = innerList(cursor);
  const params = components === null ? null : parameters(cursor);
  if (components === null || params === null) return "malformed";
  if (!cursor.ended) return faultAt(cursor);
  return { label, components, params, text };
}

/** Reads a dictionary field with one byte-sequence member (`Signature`, `Content-Digest`): its key and its base64. */
export function parseBytesMember(field: string): { key: string; base64: string } | FieldFault {
  const cursor = new Cursor(field);
  const key = cursor.take(KEY);
  const bytes = key !== null && cursor.skip("=") ? cursor.take(BYTES) : null;
  if (key === null || bytes === null) return "malformed";
  if (!cursor.ended) return faultAt(cursor);
  return { key, base64: bytes.slice(1, -1) };
}
