import { timeUs, utf8 } from "@believe/shared/base";
import {
  checkpointText,
  consistencyProof,
  cosign,
  Frontier,
  HashTree,
  leafHash,
  openCosignature,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  type Signer,
  signNote,
  verifyConsistency,
  vkeyOf,
} from "@believe/shared/wire/log";
import { afterEach, describe, expect, it, test } from "vitest";
import { HttpFailure } from "../http/index.ts";
import { newSeed, nodeSha256, signerOf, verifyNode } from "../keys/index.ts";
import type { MirrorAnswer } from "./mirror-client.ts";
import { PushEstate } from "./test/estate.ts";
import type { Covered, WitnessPost } from "./witness-link.ts";
import { WitnessRelay } from "./witness-relay.ts";

const ORIGIN = "log.example/j/broker";
const NOW_S = 1_700_000_000;
const SETTLE_MS = 5_000;
const journal = signerOf(ORIGIN, newSeed());
const tree = new HashTree();
for (let i = 0; i < 20; i++) tree.append(leafHash(utf8(`leaf ${i}`)));
const rootAt = (size: number) => Frontier.of(size, tree.frontier(size)).root();

const answer = (status: number, text = "", headers: Record<string, string> = {}): MirrorAnswer => ({
  status,
  headers,
  text,
});

/** A strict little witness; `fault` answers in its place once it gives something. */
class FakeWitness {
  readonly signer: Signer;
  size = 0;
  posts = 0;
  fault: (text: string) => Promise<MirrorAnswer> | MirrorAnswer | null = () => null;

  constructor(name = "a.example/witness") {
    this.signer = signerOf(name, newSeed());
  }

  get post(): WitnessPost {
    const post = async (_path: string, body: Uint8Array | string) => this.#take(String(body));
    const { name, publicKey } = this.signer;
    return { vkey: vkeyOf(name, publicKey, 4), client: { post }, path: "/add-checkpoint" };
  }

  async #take(body: string): Promise<MirrorAnswer> {
    this.posts += 1;
    const { oldSize, proof, note } = parseAddCheckpoint(body);
    const { text } = parseNote(note);
    const fault = await this.fault(text);
    if (fault !== null) return fault;
    const { size, root } = parseCheckpoint(text);
    if (oldSize !== this.size) return answer(409, `${this.size}\n`);
    const claim = { oldSize, oldRoot: rootAt(oldSize), newSize: size, newRoot: root, proof };
    if (!verifyConsistency(claim, nodeSha256)) return answer(422);
    this.size = size;
    return answer(200, await cosign(text, this.signer, NOW_S));
  }
}

class Bench {
  readonly published: [string, string][] = [];
  mirror: () => MirrorAnswer | null = () => null;
  readonly relay: WitnessRelay;
  readonly faults: unknown[] = [];

  constructor(...witnesses: FakeWitness[]) {
    this.relay = new WitnessRelay({
      witnesses: witnesses.map(({ post }) => post),
      spool: { size: 20, consistency: (old, size) => consistencyProof(old, size, tree.hashAt) },
      mirror: {
        put: async (path, body) => {
          const refused = this.mirror();
          if (refused !== null) return refused;
          this.published.push([path, String(body)]);
          return answer(201);
        },
      },
      logPath: "/log/broker",
      wallUs: () => timeUs(NOW_S * 1_000_000),
      backoff: { firstMs: 1, maxMs: 4, random: Math.random },
    });
    this.relay.start((fault) => this.faults.push(fault));
  }

  async offer(size: number): Promise<Covered> {
    const text = checkpointText({ origin: ORIGIN, size, root: rootAt(size) });
    const covered = { size, note: await signNote(text, journal) };
    this.relay.offer(covered);
    return covered;
  }
}

const benches: Bench[] = [];
const benchOf = (...witnesses: FakeWitness[]): Bench => {
  const bench = new Bench(...witnesses);
  benches.push(bench);
  return bench;
};
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.relay.stop();
});

describe("bringing checkpoints to witnesses", () => {
  it("starts each proof where that witness is, and publishes what verifies", async () => {
    const [ahead, fresh] = [new FakeWitness("a.example/w"), new FakeWitness("b.example/w")];
    ahead.size = 3;
    const bench = benchOf(ahead, fresh);
    for (const size of [5, 20]) {
      const { note } = await bench.offer(size);
      expect(await bench.relay.settle(SETTLE_MS)).toBe(true);
      expect([ahead.size, fresh.size]).toEqual([size, size]);
      const lines = bench.published.splice(0).map(([path, body]) => {
        expect(path).toBe(`/log/broker/cosignatures/${size}`);
        return body;
      });
      for (const { post } of [ahead, fresh]) {
        await openCosignature(note + lines.join(""), post.vkey, verifyNode);
      }
    }
    expect(ahead.posts, "the size is asked for once").toBe(3);
    expect(fresh.posts).toBe(2);
    expect(bench.relay.states.map(({ name, size }) => [name, size])).toEqual([
      ["a.example/w", 20],
      ["b.example/w", 20],
    ]);
  });

  it("is not held up by a silent witness, and skips what it missed", async () => {
    const [silent, quick] = [new FakeWitness("a.example/w"), new FakeWitness("b.example/w")];
    const answers = Promise.withResolvers<null>();
    silent.fault = () => answers.promise.then(() => answer(503));
    const bench = benchOf(silent, quick);
    for (const size of [1, 2, 3]) {
      await bench.offer(size);
      await expect.poll(() => quick.size).toBe(size);
    }
    expect(await bench.relay.settle(20)).toBe(false);
    silent.fault = () => null;
    answers.resolve(null);
    expect(await bench.relay.settle(SETTLE_MS)).toBe(true);
    expect(silent.size).toBe(3);
    expect(silent.posts, "sizes 1 and 2 were never offered again").toBe(2);
  });

  it("takes only its own witness's lines from an answer", async () => {
    const [witness, stranger] = [new FakeWitness(), signerOf("stranger.example", newSeed())];
    witness.fault = async (text) =>
      answer(200, (await cosign(text, stranger, 1)) + (await cosign(text, witness.signer, NOW_S)));
    const bench = benchOf(witness);
    await bench.offer(4);
    expect(await bench.relay.settle(SETTLE_MS)).toBe(true);
    expect(bench.published[0]?.[1]).toMatch(/^— a\.example\/witness \S+\n$/);
  });

  it("publishes again what the mirror lost, and lets go what it no longer takes", async () => {
    const witness = new FakeWitness();
    const bench = benchOf(witness);
    const refusals = [answer(503), answer(500)];
    bench.mirror = () => refusals.pop() ?? null;
    await bench.offer(2);
    expect(await bench.relay.settle(SETTLE_MS)).toBe(true);
    expect(bench.published).toHaveLength(1);
    expect(witness.posts, "its cosignature is asked for once").toBe(1);
    bench.mirror = () => answer(422, "not covered");
    await bench.offer(3);
    expect(await bench.relay.settle(SETTLE_MS)).toBe(true);
    expect(bench.relay.states[0]?.lastError).toContain("was status 422");
    bench.mirror = () => null;
    await bench.offer(4);
    expect(await bench.relay.settle(SETTLE_MS)).toBe(true);
    expect(bench.published.at(-1)?.[0]).toBe("/log/broker/cosignatures/4");
    expect(bench.relay.states[0]?.lastError).toBeNull();
  });
});

const other = signerOf("a.example/witness", newSeed());
const BAD: readonly [string, (witness: FakeWitness) => FakeWitness["fault"]][] = [
  ["500", () => () => answer(500)],
  ["403", () => () => answer(403)],
  ["404", () => () => answer(404)],
  ["422", () => () => answer(422)],
  ["a broken connection", () => () => Promise.reject(new HttpFailure("unreachable", "gone"))],
  ["409 without a size", () => () => answer(409, "none\n")],
  ["409 with a size above everything", () => () => answer(409, "99\n")],
  ["409 with our own old size", () => () => answer(409, "0\n")],
  ["409 and frozen", () => () => answer(409, "3\n", { "believe-log": "frozen" })],
  ["200 with nothing", () => () => answer(200)],
  ["200 with junk", () => () => answer(200, "yes\n")],
  [
    "another key's cosignature",
    () => async (text) => answer(200, await cosign(text, other, NOW_S)),
  ],
  [
    "a cosignature of another checkpoint",
    ({ signer }) =>
      async (text) =>
        answer(200, await cosign(text.replace("\n6\n", "\n7\n"), signer, NOW_S)),
  ],
  [
    "a signature that does not fit",
    ({ signer }) =>
      async (text) =>
        answer(200, await cosign(text, { ...signer, sign: other.sign }, NOW_S)),
  ],
  [
    "a good line and a false one",
    ({ signer }) =>
      async (text) =>
        answer(
          200,
          (await cosign(text, signer, NOW_S)) +
            (await cosign(text, { ...signer, sign: other.sign }, NOW_S)),
        ),
  ],
  [
    "a time from the future",
    ({ signer }) =>
      async (text) =>
        answer(200, await cosign(text, signer, NOW_S + 301)),
  ],
];

test.each(BAD)("%s is said, published nowhere, and tried again", async (_, faultOf) => {
  const witness = new FakeWitness();
  const fault = faultOf(witness);
  let times = 0;
  let said: string | null = null;
  const bench = benchOf(witness);
  witness.fault = (text) => {
    said ??= bench.relay.states[0]?.lastError ?? null;
    return times++ < 4 ? fault(text) : null;
  };
  await bench.offer(6);
  expect(await bench.relay.settle(SETTLE_MS)).toBe(true);
  expect(said).not.toBeNull();
  expect(bench.published).toHaveLength(1);
  expect(bench.relay.states[0]).toMatchObject({ size: 6, lastError: null });
  expect(bench.faults).toEqual([]);
});

test("a pusher drains to its mirror whatever its other witness does", async () => {
  const witness = new FakeWitness("silent.example/w");
  witness.fault = () => new Promise(() => undefined);
  const estate = new PushEstate({ witnesses: [witness.post] });
  await estate.mirror.listen();
  estate.work(3);
  const pusher = estate.pusher();
  expect(await pusher.drain(1_000)).toBe(true);
  expect(pusher.state).toMatchObject({ size: 3, lastError: null });
  expect(pusher.state.witnesses).toMatchObject([{ name: "silent.example/w", size: 0 }]);
  await pusher.stop();
  estate.check();
  await estate.remove();
});
