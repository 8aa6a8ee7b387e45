import { utf8 } from "@believe/shared/base";
import { describe, expect, it, test } from "vitest";
import { checkpointText } from "./checkpoint.ts";
import { cosign } from "./cosignature.ts";
import {
  CHECKPOINTS_WAITING,
  CosignatureShelf,
  type CosignatureState,
  NO_COSIGNATURES,
  parseCosignatureLines,
} from "./cosignatures.ts";
import { leafHash } from "./merkle.ts";
import { signerOf, verify } from "./mirror.fixture.ts";
import { ED25519_COSIGNATURE, type Signer, signNote, vkeyOf } from "./note.ts";
import { formatPolicy, isWitnessed, parsePolicy } from "./policy.ts";

const ORIGIN = "log.example/j/broker";
const NOW_US = 1_700_000_000_000_000;

const journal = signerOf(ORIGIN, 1);
const own = signerOf("log.example/witness", 2);
const other = signerOf(`${ORIGIN}/research/witness`, 3);
const stranger = signerOf("stranger.example/witness", 4);
const entry = (name: string, { name: key, publicKey }: Signer) => ({
  name,
  vkey: vkeyOf(key, publicKey, ED25519_COSIGNATURE),
});
const policy = parsePolicy(
  formatPolicy({
    log: vkeyOf(ORIGIN, journal.publicKey),
    witnesses: [entry("worker", own), entry("research", other)],
    threshold: 2,
  }),
);

const textAt = (size: number): string =>
  checkpointText({ origin: ORIGIN, size, root: leafHash(utf8(String(size))) });
const lineAt = (size: number, signer: Signer, timeS = NOW_US / 1e6): Promise<string> =>
  cosign(textAt(size), signer, timeS);

class Bench {
  state: CosignatureState = NO_COSIGNATURES;
  writes = 0;
  readonly shelf = new CosignatureShelf({
    policy,
    verify,
    storage: {
      cosignatures: () => this.state,
      setCosignatures: (state) => {
        this.state = state;
        this.writes += 1;
      },
    },
  });

  async cover(size: number, atUs = NOW_US + size): Promise<void> {
    const note = await signNote(textAt(size), journal);
    this.shelf.covered({ size, atUs, note, lines: await lineAt(size, own) });
  }

  async put(size: number, ...lines: readonly (string | Promise<string>)[]): Promise<string> {
    const body = (await Promise.all(lines)).join("");
    return (await this.shelf.put(size, utf8(body), NOW_US)).kind;
  }

  get witnessing() {
    return this.shelf.witnessing((name) => name.startsWith("log.example/"));
  }
}

describe("cosignatures of a mirrored log", () => {
  it("make a checkpoint witnessed once the quorum is there, with a note that verifies", async () => {
    const bench = new Bench();
    await bench.cover(1);
    expect(bench.witnessing).toMatchObject({ size: 0, sinceUs: NOW_US + 1, needed: 2 });
    expect(await bench.put(1, lineAt(1, other))).toBe("stored");
    expect(bench.witnessing).toMatchObject({ size: 1, sinceUs: null });
    expect(bench.witnessing.witnesses).toEqual([
      { name: own.name, own: true, size: 1, atUs: NOW_US + 1 },
      { name: other.name, own: true, size: 1, atUs: NOW_US },
    ]);
    const note = (await signNote(textAt(1), journal)) + bench.shelf.linesAt(1);
    expect(await isWitnessed(policy, note, verify)).toBe(true);
  });

  it("take the same line again without a write", async () => {
    const bench = new Bench();
    await bench.cover(1);
    await bench.put(1, lineAt(1, other));
    const { writes } = bench;
    expect(await bench.put(1, lineAt(1, other))).toBe("same");
    expect(await bench.put(1, lineAt(1, other, 1_600_000_000), lineAt(1, own))).toBe("same");
    await bench.cover(1);
    expect(bench.writes).toBe(writes);
  });

  it("come late, for a checkpoint that is not the newest, and say since when the rest waits", async () => {
    const bench = new Bench();
    for (const size of [1, 2, 3, 4]) await bench.cover(size);
    expect(await bench.put(2, lineAt(2, other))).toBe("stored");
    expect(bench.witnessing).toMatchObject({ size: 2, sinceUs: NOW_US + 3 });
    expect(bench.state.waiting.map(({ size }) => size)).toEqual([3, 4]);
    expect(await bench.put(1, lineAt(1, other))).toBe("not-covered");
    expect(await bench.put(4, lineAt(4, other))).toBe("stored");
    expect(bench.witnessing).toMatchObject({ size: 4, sinceUs: null });
  });

  it("are kept for a bounded number of checkpoints, and the silence is dated all the same", async () => {
    const bench = new Bench();
    const sizes = Array.from({ length: CHECKPOINTS_WAITING + 5 }, (_, i) => i + 1);
    for (const size of sizes) await bench.cover(size);
    expect(bench.state.waiting).toHaveLength(CHECKPOINTS_WAITING);
    expect(bench.witnessing.sinceUs).toBe(NOW_US + 1);
    expect(await bench.put(5, lineAt(5, other))).toBe("not-covered");
    expect(await bench.put(6, lineAt(6, other))).toBe("stored");
  });

  it("that arrive at once are all kept", async () => {
    const bench = new Bench();
    for (const size of [1, 2]) await bench.cover(size);
    const puts = await Promise.all([
      bench.put(1, lineAt(1, other)),
      bench.put(2, lineAt(2, other)),
      bench.put(2, lineAt(2, other)),
    ]);
    expect(puts.filter((kind) => kind === "stored").length).toBeGreaterThanOrEqual(1);
    expect(bench.witnessing).toMatchObject({ size: 2, sinceUs: null });
    expect(parseCosignatureLines(bench.shelf.linesAt(2) ?? "")).toHaveLength(2);
  });
});

const good = lineAt(2, other);
test.each<[string, string, number, readonly (string | Promise<string>)[]]>([
  ["nothing", "malformed", 2, [""]],
  ["a line without its line feed", "malformed", 2, [good.then((line) => line.trim())]],
  ["other text", "malformed", 2, [good, "hello\n"]],
  ["an empty line between", "malformed", 2, [good, "\n", good]],
  ["too many lines", "malformed", 2, Array.from({ length: 33 }, () => good)],
  ["a checkpoint that was never covered", "not-covered", 3, [lineAt(3, other)]],
  ["a stranger", "unknown-witness", 2, [lineAt(2, stranger)]],
  ["a stranger behind a good line", "unknown-witness", 2, [good, lineAt(2, stranger)]],
  ["the log's own key", "unknown-witness", 2, [lineAt(2, journal)]],
  [
    "a witness's name with a stranger's key",
    "unknown-witness",
    2,
    [lineAt(2, { ...stranger, name: other.name })],
  ],
  ["a signature by another key", "refused", 2, [lineAt(2, { ...other, sign: stranger.sign })]],
  ["a cosignature of another size", "refused", 2, [lineAt(1, other)]],
  [
    "a good line with a false one",
    "refused",
    2,
    [good, lineAt(2, { ...own, sign: stranger.sign })],
  ],
  ["a time from the future", "refused", 2, [lineAt(2, other, NOW_US / 1e6 + 301)]],
  [
    "a changed time",
    "refused",
    2,
    [good.then((line) => line.replace(/(\S{12})\S(\S+\n)$/, "$1B$2"))],
  ],
])("nothing is stored of %s", async (_, kind, size, lines) => {
  const bench = new Bench();
  for (const one of [1, 2]) await bench.cover(one);
  const before = JSON.stringify(bench.state);
  expect(await bench.put(size, ...lines)).toBe(kind);
  expect(JSON.stringify(bench.state)).toBe(before);
  expect(await bench.put(2, good)).toBe("stored");
});

test("bytes that are no text are refused", async () => {
  const bench = new Bench();
  await bench.cover(1);
  const outcome = await bench.shelf.put(1, new Uint8Array([0xff, 0xfe, 0x0a]), NOW_US);
  expect(outcome.kind).toBe("malformed");
});
