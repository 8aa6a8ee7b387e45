import { type Bytes, utf8 } from "@believe/shared/base";
import { minuteText, witnessWords } from "@believe/shared/wire";
import {
  ADD_CHECKPOINT_BYTES_MAX,
  addAnswer,
  BUNDLE_BYTES_MAX,
  COSIGNATURES_BYTES_MAX,
  type CosignaturesOutcome,
  ED25519_COSIGNATURE,
  LogFailure,
  OPENING_BYTES_MAX,
  openAddCheckpoint,
  type PutOutcome,
  parseTilePath,
  type TileName,
  vkeyOf,
} from "@believe/shared/wire/log";
import { Hono } from "hono";
import { type AppEnv, type Env, estateOf } from "../env.ts";
import { readVkeys } from "../kv/vkeys.ts";
import { limited } from "../middleware/limit.ts";
import { signed, verify } from "../middleware/signed.ts";
import type { JournalRoom, OpeningAnswer } from "../objects/journal-room.ts";
import { servedPolicyText } from "../policy.ts";
import { EdgeFailure } from "../problem.ts";
import { witnessSigner } from "../witness.ts";
import { journal, knownLog, textOf } from "./known-log.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";
/** Openings widen: a copy is good for a minute, no longer. */
const OPENED = "public, max-age=60";
const PUBLIC = { "access-control-allow-origin": "*" } as const;
const TEXT = { ...PUBLIC, "content-type": "text/plain; charset=utf-8" } as const;
const JSONL = { ...PUBLIC, "content-type": "application/x-ndjson; charset=utf-8" } as const;

function absent(what: string): EdgeFailure {
  return new EdgeFailure("unknown-blob", `expected ${what}, was none`);
}

function tileName(path: string): TileName {
  try {
    return parseTilePath(path.slice(path.indexOf("/tile/") + 1));
  } catch (cause) {
    if (cause instanceof LogFailure) throw new EdgeFailure("unknown-blob", cause.message);
    throw cause;
  }
}

function leafNumber(text: string): number {
  const leaf = /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(leaf)) throw absent("a leaf number");
  return leaf;
}

function treeSize(text: string): number {
  const size = /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(size)) throw absent("a tree size");
  return size;
}

const put = { stored: 201, opened: 201, widened: 201, same: 204 } as const;

function putAnswer(outcome: PutOutcome | OpeningAnswer | CosignaturesOutcome): Response {
  switch (outcome.kind) {
    case "stored":
    case "opened":
    case "widened":
    case "same":
      return new Response(null, { status: put[outcome.kind] });
    case "conflict":
      throw new EdgeFailure("conflict", outcome.detail);
    case "frozen":
      throw new EdgeFailure("frozen", outcome.detail);
    case "malformed":
      throw new EdgeFailure("bad-body", outcome.detail);
    case "too-far":
    case "not-covered":
      throw new EdgeFailure("not-covered", outcome.detail);
    case "unknown-witness":
      throw new EdgeFailure("wrong-signer", outcome.detail);
    case "refused":
      throw new EdgeFailure("bad-proof", outcome.detail);
  }
}

/** C2SP tlog-witness. What needs no state is refused here, so that junk wakes no object. */
async function addCheckpoint(env: Env, body: Bytes): Promise<Response> {
  const { origin, keys } = estateOf(env);
  const text = textOf(body);
  let opened = await openAddCheckpoint(text, { origin, vkeys: [keys.journal], verify });
  if (opened.kind === "untrusted") {
    const vkeys = await readVkeys(env.KV);
    opened = await openAddCheckpoint(text, { origin, vkeys, verify });
  }
  const outcome = opened.kind === "trusted" ? await journal(env).addCheckpoint(text) : opened;
  const { status, headers, body: answer } = addAnswer(outcome);
  return new Response(answer, { status, headers: { ...headers, "cache-control": "no-store" } });
}

/** The openings of a UTC day, gzipped, a page of the object at a time. */
async function dayFile(room: JournalRoom, day: string): Promise<Response> {
  let page = await room.readDay(day, -1);
  if (page.next === null) throw absent("openings of that day");
  const lines = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (page.next === null) return controller.close();
      controller.enqueue(utf8(page.text));
      page = await room.readDay(day, page.next);
    },
  });
  return new Response(lines.pipeThrough(new CompressionStream("gzip")), {
    headers: {
      ...PUBLIC,
      "content-type": "application/gzip",
      "cache-control": OPENED,
    },
  });
}

const DAY_FILE = /^(\d{4}-\d\d-\d\d)\.jsonl\.gz$/;

/** The signed record: C2SP tlog-tiles, the mirror's add-checkpoint, and the openings of its minutes. */
export const logRoutes = new Hono<AppEnv>()
  .get("/log/:agent/checkpoint", knownLog, async (c) => {
    const note = await journal(c.env).checkpoint();
    if (note === null) throw absent("a checkpoint");
    return c.body(note, 200, { ...TEXT, "cache-control": "no-store" });
  })
  .get("/log/:agent/vkey", knownLog, async (c) =>
    c.body(`${await journal(c.env).vkey()}\n`, 200, { ...TEXT, "cache-control": "no-cache" }),
  )
  .get("/log/:agent/state", knownLog, async (c) => {
    const { origin } = estateOf(c.env);
    const room = journal(c.env);
    const [state, witnessing] = await Promise.all([room.summary(), room.witnessing()]);
    const witness = await witnessSigner(c.env);
    const vkey = vkeyOf(witness.name, witness.publicKey, ED25519_COSIGNATURE);
    const witnessedBy = witnessWords(witnessing);
    return c.json({ origin, witness: vkey, ...state, witnessing, witnessedBy }, 200, {
      ...PUBLIC,
      "cache-control": "no-store",
    });
  })
  .get("/log/:agent/policy", knownLog, async (c) =>
    c.body(await servedPolicyText(c.env, await journal(c.env).vkey()), 200, {
      ...TEXT,
      "cache-control": "no-cache",
    }),
  )
  .put(
    "/log/:agent/cosignatures/:size",
    knownLog,
    signed({ maxBytes: COSIGNATURES_BYTES_MAX }),
    async (c) => {
      const size = treeSize(c.req.param("size"));
      return putAnswer(await journal(c.env).putCosignatures(size, c.var.body));
    },
  )
  .post("/log/:agent/add-checkpoint", knownLog, limited(ADD_CHECKPOINT_BYTES_MAX), (c) =>
    addCheckpoint(c.env, c.var.body),
  )
  .get("/log/:agent/tile/*", knownLog, async (c) => {
    const bytes = await journal(c.env).readTile(tileName(c.req.path));
    if (bytes === null) throw absent("a tile that a checkpoint covers");
    return c.body(bytes, 200, {
      ...PUBLIC,
      "content-type": "application/octet-stream",
      "cache-control": IMMUTABLE,
    });
  })
  .put("/log/:agent/tile/*", knownLog, signed({ maxBytes: BUNDLE_BYTES_MAX }), async (c) =>
    putAnswer(await journal(c.env).putTile(tileName(c.req.path), c.var.body)),
  )
  .get("/log/:agent/open/:what", knownLog, async (c) => {
    const what = c.req.param("what");
    const day = DAY_FILE.exec(what)?.[1];
    if (day !== undefined && minuteText.safeParse(`${day}T00:00Z`).success) {
      return dayFile(journal(c.env), day);
    }
    const text = await journal(c.env).readOpening(leafNumber(what));
    if (text === null) throw absent("an opened leaf");
    return c.body(text, 200, { ...JSONL, "cache-control": OPENED });
  })
  // An opening proves itself against its leaf: the research agent may bring it where the broker's cannot.
  .put(
    "/log/:agent/open/:what",
    knownLog,
    signed({ maxBytes: OPENING_BYTES_MAX, too: "research" }),
    async (c) =>
      putAnswer(await journal(c.env).putOpening(leafNumber(c.req.param("what")), c.var.body)),
  );
