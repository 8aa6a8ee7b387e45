import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { DAY_US, parseIsoUs, SECOND_US, TimeFailure, type TimeUs } from "@believe/shared/base";
import { type LineRow, type Tape, TapeFailure } from "./tape.ts";

const LF = 0x0a;
const CR = 0x0d;
const CHUNK = 1 << 20;
/** A stamp further ahead than a long weekend does not pace: the row is bad and must not stall the tape. */
const LONGEST_SILENCE_US = 5 * DAY_US;
/** A row this far behind a later stamp is out of order. */
const LATE_US = 2 * SECOND_US;
const NEEDED = ["seq", "ts_utc", "type", "price", "volume", "bid", "bid_size", "ask", "ask_size"];

function trimmed(line: Buffer): Buffer {
  return line.length > 0 && line[line.length - 1] === CR ? line.subarray(0, -1) : line;
}

function* chunks(path: string): Generator<Buffer, void, undefined> {
  if (path.endsWith(".gz")) {
    try {
      yield gunzipSync(readFileSync(path));
    } catch (cause) {
      throw new TapeFailure("not-gzip", `expected gzip in ${path}, was something else`, { cause });
    }
    return;
  }
  const file = openSync(path, "r");
  try {
    for (let at = 0; ; ) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const got = readSync(file, chunk, 0, CHUNK, at);
      if (got === 0) return;
      at += got;
      yield chunk.subarray(0, got);
    }
  } finally {
    closeSync(file);
  }
}

/** The file's lines without their ends, a last one without LF included. */
function* lines(path: string): Generator<Buffer, void, undefined> {
  let rest: Buffer[] = [];
  for (const chunk of chunks(path)) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      const tail = chunk.subarray(from, end);
      yield trimmed(rest.length === 0 ? tail : Buffer.concat([...rest, tail]));
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield trimmed(Buffer.concat(rest));
}

function stampOf(line: Buffer, column: number): TimeUs | null {
  try {
    return parseIsoUs(line.toString("latin1").split(",")[column] ?? "");
  } catch (failure) {
    if (failure instanceof TimeFailure) return null;
    throw failure;
  }
}

function headerOf(path: string): string {
  let first: IteratorResult<Buffer, void>;
  try {
    first = lines(path).next();
  } catch (cause) {
    if (cause instanceof TapeFailure) throw cause;
    throw new TapeFailure("missing-file", `expected a tick CSV at ${path}, was no readable file`, {
      cause,
    });
  }
  if (first.done) throw new TapeFailure("empty-file", `expected rows in ${path}, was empty`);
  const header = first.value.toString("latin1").replace(/^\xef\xbb\xbf/, "");
  const missing = NEEDED.filter((name) => !header.split(",").includes(name));
  if (missing.length > 0) {
    const message = `expected a header with ${missing.join(", ")} in ${path}, was ${JSON.stringify(header.slice(0, 80))}`;
    throw new TapeFailure("not-a-tick-file", message);
  }
  return header;
}

/**
 * Rows paced by the newest good stamp so far. Lines before the first good stamp are paced with it.
 * A stamp that both stamped lines after it are behind of is a bad one: it must neither stall nor hurry the tape.
 * A header in the middle of the file comes as a row like any other.
 */
function* pacedRows(
  path: string,
  column: number,
  startUs: TimeUs,
): Generator<LineRow, void, undefined> {
  let nowUs = startUs;
  let held: { readonly stampUs: TimeUs | null; readonly line: Buffer }[] = [];
  /** Lets go of the lines up to the first stamp whose two followers, or the file's end, are known. */
  const settled = (isLast: boolean): LineRow[] => {
    const stamps = held.flatMap(({ stampUs }) => (stampUs === null ? [] : [stampUs]));
    const [first, ...next] = stamps;
    if (!isLast && next.length < 2) return [];
    const isAlone = next.length > 1 && next.every((us) => us < (first ?? 0) - LATE_US);
    const silenceUs = (first ?? nowUs) - nowUs;
    if (!isAlone && silenceUs > 0 && silenceUs < LONGEST_SILENCE_US) nowUs = first ?? nowUs;
    const end = 1 + held.findIndex(({ stampUs }) => stampUs !== null);
    const out = held.slice(0, end === 0 ? held.length : end);
    held = held.slice(out.length);
    return out.map(({ line }) => ({ kind: "line", stampUs: nowUs, line }));
  };
  let first = true;
  for (const line of lines(path)) {
    if (first) {
      first = false;
      continue;
    }
    held.push({ stampUs: stampOf(line, column), line });
    yield* settled(false);
  }
  while (held.length > 0) yield* settled(true);
}

function firstStamp(path: string, column: number): TimeUs {
  for (const line of lines(path)) {
    const stampUs = stampOf(line, column);
    if (stampUs !== null) return stampUs;
  }
  throw new TapeFailure("no-stamp", `expected a row with a UTC stamp in ${path}, was none`);
}

/**
 * Plays a Sierra tick CSV (.csv, .csv.gz), every line byte for byte. The symbol is in the file's name
 * (`ticks_RGW_<symbol>_…`) or given.
 */
export function fileTape(path: string, options: { readonly symbol?: string } = {}): Tape {
  const columns = headerOf(path);
  const symbol = /^ticks_RGW_([A-Z0-9]+)_/.exec(basename(path))?.[1] ?? options.symbol;
  if (symbol === undefined) {
    throw new TapeFailure(
      "no-symbol",
      `expected a name like ticks_RGW_<symbol>_<day>.csv or a given symbol, was ${basename(path)}`,
    );
  }
  const column = columns.split(",").indexOf("ts_utc");
  const startUs = firstStamp(path, column);
  let endUs = startUs;
  for (const row of pacedRows(path, column, startUs)) endUs = row.stampUs;
  return {
    info: { name: basename(path), symbol, startUs, endUs, seeded: false },
    columns,
    rows: () => pacedRows(path, column, startUs),
  };
}
