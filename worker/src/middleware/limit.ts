import { type Bytes, concat } from "@believe/shared/base";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env.ts";
import { EdgeFailure } from "../problem.ts";

/** Reads a body and stops at the first chunk past `maxBytes`; nothing larger is ever held. */
export async function readBody(request: Request, maxBytes: number): Promise<Bytes> {
  const tooLarge = (bytes: number | string): EdgeFailure =>
    new EdgeFailure("body-too-large", `expected at most ${maxBytes} bytes, was ${bytes}`);
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge(declared);
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge("more");
    chunks.push(chunk);
  }
  return concat(...chunks);
}

/** Puts the body, at most `maxBytes` of it, into `c.var.body`. */
export const limited = (maxBytes: number) =>
  createMiddleware<AppEnv>(async (c, next) => {
    c.set("body", await readBody(c.req.raw, maxBytes));
    await next();
  });
