import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MINUTE_US, type TimeUs, timeUs } from "@believe/shared/base";
import type { Draft } from "@believe/shared/wire";
import { vkeyOf } from "@believe/shared/wire/log";
import { expect } from "vitest";
import { SignedClient } from "../../http/index.ts";
import { newSeed, nodeSha256, signerOf, verifyNode } from "../../keys/index.ts";
import { Spool } from "../../spool/index.ts";
import { Wal } from "../../wal/index.ts";
import { type MirrorAnswer, type MirrorClient, Pusher, type PusherOptions } from "../index.ts";
import { FakeMirror } from "./fake-mirror.ts";

const ORIGIN = "log.example/j/broker";
const T0 = Date.UTC(2024, 0, 9, 14, 20) * 1000;

/** Where a process dies: before a request is sent, or after the mirror took it and before we know. */
export type Kill = "before" | "after";

/** A client whose process can die at a request: its promise never settles, as in a process that is gone. */
class MortalClient implements MirrorClient {
  readonly #client: SignedClient;
  /** Asked at every request. */
  kill: (what: string) => Kill | null = () => null;
  died = Promise.withResolvers<void>();

  constructor(client: SignedClient) {
    this.#client = client;
  }

  async #mortal<Answer>(what: string, send: () => Promise<Answer>): Promise<Answer> {
    const kill = this.kill(what);
    if (kill === null) return send();
    if (kill === "after") await send().catch(() => undefined);
    this.died.resolve();
    return new Promise(() => undefined);
  }

  get(path: string): ReturnType<MirrorClient["get"]> {
    return this.#mortal(path, () => this.#client.get(path));
  }

  put(path: string, body: Uint8Array | string, type: string): Promise<MirrorAnswer> {
    return this.#mortal(path, () => this.#client.put(path, body, type));
  }

  post(
    path: string,
    body: Uint8Array | string,
    type: string,
    options: { readonly signed?: boolean },
  ): Promise<MirrorAnswer> {
    return this.#mortal(path, () => this.#client.post(path, body, type, options));
  }
}

/** A journal, its log, a mirror on loopback and a pusher between them, any of which can be killed. */
export class PushEstate {
  readonly folder = mkdtempSync(join(tmpdir(), "push-"));
  readonly signer = signerOf(ORIGIN, newSeed());
  readonly witness = signerOf("mirror.example/witness", newSeed());
  readonly mirror = new FakeMirror({
    origin: ORIGIN,
    vkey: vkeyOf(ORIGIN, this.signer.publicKey),
    verify: verifyNode,
    witness: this.witness,
  });
  readonly lasting: unknown[] = [];
  readonly #options: Partial<PusherOptions>;
  #http: SignedClient | null = null;
  wal = this.#wal();
  spool = this.#spool();
  minute = 0;

  constructor(options: Partial<PusherOptions> = {}) {
    this.#options = options;
    this.spool.advance(timeUs(T0));
  }

  #wal(): Wal {
    return Wal.open({ folder: join(this.folder, "wal"), wallUs: () => timeUs(1) });
  }

  #spool(): Spool {
    const folder = join(this.folder, "log");
    return Spool.open({ folder, origin: ORIGIN, sha256: nodeSha256, wal: this.wal });
  }

  client(): MortalClient {
    const key = signerOf(`${ORIGIN}/request`, newSeed());
    this.#http ??= new SignedClient({
      baseUrl: this.mirror.baseUrl,
      keyId: key.name,
      sign: key.sign,
    });
    return new MortalClient(this.#http);
  }

  pusher(client: MirrorClient = this.client(), options: Partial<PusherOptions> = {}): Pusher {
    return new Pusher({ ...this.pushing(client), ...options });
  }

  pushing(client: MirrorClient = this.client()): PusherOptions {
    return {
      spool: this.spool,
      wal: this.wal,
      client,
      signer: this.signer,
      witness: vkeyOf(this.witness.name, this.witness.publicKey, 0x04),
      opens: () => true,
      wallUs: () => timeUs(1_700_000_000_000_000),
      leavesPerSecond: 1e6,
      backoff: { firstMs: 1, maxMs: 4, random: Math.random },
      onLasting: (failure) => this.lasting.push(failure),
      ...this.#options,
    };
  }

  /** Some minutes of work: `records` a minute. */
  work(minutes: number, records = 2): void {
    for (let i = 0; i < minutes; i++) {
      const drafts = Array.from({ length: records }, (_, n) => ({
        stream: "stop" as const,
        body: { reason: `r${n}` },
      }));
      const lines = drafts.map((draft) => this.wal.append(draft));
      this.wal.sync();
      for (const { seq, line } of lines) this.spool.add(seq, line);
      this.minute++;
      this.spool.advance(timeUs(T0 + this.minute * MINUTE_US));
    }
  }

  /** The process was stopped until `nowUs`: a gap in the log. */
  away(nowUs: TimeUs): void {
    this.spool.cut();
    this.minute = Math.ceil((nowUs - T0) / MINUTE_US);
    this.spool.advance(timeUs(T0 + this.minute * MINUTE_US));
  }

  /** Writes one record into the open minute. */
  write(draft: Draft): void {
    const { seq, line } = this.wal.append(draft);
    this.wal.sync();
    this.spool.add(seq, line);
  }

  /** What a start after `kill -9` does. */
  restart(): void {
    this.spool.close();
    this.wal.close();
    this.wal = this.#wal();
    this.spool = this.#spool();
    this.spool.advance(timeUs(T0 + this.minute * MINUTE_US));
  }

  /** The mirror has all of it: nothing doubled, nothing skipped, no law broken. */
  check(): void {
    expect(this.lasting).toEqual([]);
    expect(this.mirror.violations).toEqual([]);
    expect(this.mirror.root).toEqual(this.spool.root());
    expect(this.mirror.entries).toHaveLength(this.spool.size);
    const sealed = [...this.spool.leaves()].reduce((sum, { count }) => sum + count, 0);
    const lines = [...this.wal.records()].map(({ line }) => line).slice(0, sealed);
    expect(this.mirror.lines()).toEqual(lines);
    expect(this.mirror.openings.size).toBe(this.spool.size);
  }

  async remove(): Promise<void> {
    await this.#http?.close();
    await this.mirror.close();
    this.spool.close();
    this.wal.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
