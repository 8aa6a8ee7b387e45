import { HttpReader } from "@believe/host/http";
import type { LogSource } from "@believe/shared/wire/log";
import { VerifyFailure } from "./failure.ts";

/** Largest file that is read, and all of them together, bytes. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;
const BYTES_MAX = 8 * 1024 * 1024 * 1024;

export interface OpenSource extends LogSource {
  /** What a pin remembers it by. */
  readonly address: string;
  close(): Promise<void>;
}

/** The log's folder at a URL: the URL itself where it names one, else the broker's of that site. */
export function logUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new VerifyFailure("usage", `expected a URL, was ${JSON.stringify(text)}`, { cause });
  }
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = /\/log\/[a-z]+$/.test(path) ? `${path}/` : `${path}/log/broker/`;
  url.search = "";
  url.hash = "";
  return url.href;
}

/** A log behind a URL. */
export function urlSource(text: string, timeoutMs: number): OpenSource {
  const baseUrl = logUrl(text);
  const reader = new HttpReader({
    baseUrl,
    answerBytesMax: FILE_BYTES_MAX,
    bytesMax: BYTES_MAX,
    timeoutMs,
  });
  return { address: baseUrl, get: (path) => reader.get(path), close: () => reader.close() };
}
