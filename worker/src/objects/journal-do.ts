import { DurableObject } from "cloudflare:workers";
import { type Bytes, base64 } from "@believe/shared/base";
import type { Witnessing } from "@believe/shared/wire";
import {
  type ActOutcome,
  type AddOutcome,
  CosignatureShelf,
  type CosignaturesOutcome,
  cosign,
  type Fork,
  LogMirror,
  openRecords,
  type PutOutcome,
  type TileName,
} from "@believe/shared/wire/log";
import { blobsOf } from "../blob.ts";
import { type Env, estateOf, liveRoom } from "../env.ts";
import { writeVkeys } from "../kv/vkeys.ts";
import { verify } from "../middleware/signed.ts";
import { isOwnWitness, policyOf } from "../policy.ts";
import { witnessSigner } from "../witness.ts";
import type { JournalRoom, JournalSummary, OpeningAnswer } from "./journal-room.ts";
import { JournalStore } from "./journal-store.ts";
import { leafLines } from "./live-journal.ts";
import type { LeafLines } from "./rooms.ts";

/**
 * One agent's log: the mirror and witness over this object's SQLite. It holds no key of the log.
 * What it commits it tells the live object; a call that failed or was cut off by an eviction is made again
 * with the next commit or at the next start, and the live object takes each of them any number of times.
 */
export class JournalDO extends DurableObject<Env> implements JournalRoom {
  readonly store: JournalStore;
  private readonly mirror: LogMirror;
  /** Openings that were just checked, until they are told; after an eviction the store has their text. */
  private readonly checked = new Map<number, LeafLines>();
  private shelf: Promise<CosignatureShelf> | null = null;
  private telling: Promise<void>;
  /** How many of the key changes lie in KV, as far as this instance knows. */
  private vkeysTold = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { origin, keys } = estateOf(env);
    const blobs = blobsOf(env);
    this.store = new JournalStore(ctx.storage);
    this.mirror = new LogMirror({
      origin,
      vkeys: [keys.journal],
      operator: keys.operator,
      verify,
      storage: this.store,
      blobs: {
        get: (sha256) => blobs.get(`log/${sha256}`),
        put: (sha256, bytes) => blobs.put(`log/${sha256}`, bytes),
      },
      cosign: async (text) => cosign(text, await witnessSigner(env), Math.floor(Date.now() / 1000)),
    });
    this.telling = this.store.state() === null ? Promise.resolve() : this.tell();
  }

  async addCheckpoint(body: string): Promise<AddOutcome> {
    const outcome = await this.mirror.addCheckpoint(body);
    const isNew = outcome.kind === "cosigned" && outcome.advanced;
    if (isNew) await this.shelve();
    if (isNew || (outcome.kind === "conflict" && outcome.forked)) await this.announce();
    return outcome;
  }

  async unfreeze(note: string): Promise<ActOutcome> {
    const outcome = await this.mirror.unfreeze(note);
    // Of a note that is known already too: its sender may come back because this was not told.
    if (outcome.kind === "taken") await this.announce();
    return outcome;
  }

  async changeKey(note: string): Promise<ActOutcome> {
    const outcome = await this.mirror.changeKey(note);
    if (outcome.kind === "taken") await this.announce();
    return outcome;
  }

  async forks(): Promise<readonly Fork[]> {
    return this.mirror.forks;
  }

  async keyChanges(): Promise<readonly string[]> {
    return this.mirror.keyChanges;
  }

  async vkey(): Promise<string> {
    const [vkey] = this.mirror.vkeys;
    return vkey ?? estateOf(this.env).keys.journal;
  }

  async putTile(name: TileName, bytes: Bytes): Promise<PutOutcome> {
    return this.mirror.putTile(name, bytes);
  }

  async readTile(name: TileName): Promise<Bytes | null> {
    return this.mirror.readTile(name);
  }

  async putOpening(leaf: number, body: Bytes): Promise<OpeningAnswer> {
    const outcome = await this.mirror.putOpening(leaf, body);
    if (outcome.kind !== "opened" && outcome.kind !== "widened") return outcome;
    this.checked.set(leaf, leafLines(leaf, outcome));
    await this.announce();
    return { kind: outcome.kind };
  }

  async readOpening(leaf: number): Promise<string | null> {
    return this.mirror.readOpening(leaf);
  }

  async readDay(day: string, after: number): Promise<{ text: string; next: number | null }> {
    return this.mirror.readDay(day, after);
  }

  async putCosignatures(size: number, body: Bytes): Promise<CosignaturesOutcome> {
    await this.shelve();
    const outcome = await (await this.cosignatures()).put(size, body, Date.now() * 1000);
    if (outcome.kind === "stored") await this.announce();
    return outcome;
  }

  async checkpoint(): Promise<string | null> {
    const shelf = await this.cosignatures();
    const { size, note, cosignature } = this.mirror.state;
    return note === null ? null : `${note}${shelf.linesAt(size) ?? cosignature ?? ""}`;
  }

  async witnessing(): Promise<Witnessing> {
    return (await this.cosignatures()).witnessing(isOwnWitness(estateOf(this.env)));
  }

  async summary(): Promise<JournalSummary> {
    const { root, openedLines: records, ...state } = this.mirror.state;
    const { size, minute, openedLeaves, unopened, frozen } = state;
    const forks = this.mirror.forks.length;
    return { size, root: base64(root), minute, records, openedLeaves, unopened, frozen, forks };
  }

  private cosignatures(): Promise<CosignatureShelf> {
    this.shelf ??= policyOf(this.env).then(
      (policy) => new CosignatureShelf({ policy, storage: this.store, verify }),
    );
    return this.shelf;
  }

  /** Notes the newest checkpoint for cosignatures. Made again before each PUT of them, should a crash have cut it off. */
  private async shelve(): Promise<void> {
    const shelf = await this.cosignatures();
    const { size, note, cosignature } = this.mirror.state;
    if (note === null || cosignature === null) return;
    shelf.covered({ size, note, lines: cosignature, atUs: Date.now() * 1000 });
  }

  /** Tells the live object after whatever it is being told already. */
  private announce(): Promise<void> {
    this.telling = this.telling.then(() => this.tell());
    return this.telling;
  }

  /** Tells the routes which keys a change brought: without them the new key's checkpoints would not get here. */
  private async tellVkeys(): Promise<void> {
    const { keyChanges } = this.mirror;
    if (keyChanges.length === this.vkeysTold) return;
    try {
      await writeVkeys(this.env.KV, keyChanges);
      this.vkeysTold = keyChanges.length;
    } catch (cause) {
      // The change stands; it is told again with the next act, or at the next start.
      console.error(cause);
    }
  }

  private async storedLines(leaf: number): Promise<LeafLines> {
    const text = (await this.mirror.readOpening(leaf)) ?? "\n";
    return leafLines(leaf, openRecords(text));
  }

  private async tell(): Promise<void> {
    await this.tellVkeys();
    const live = liveRoom(this.env);
    try {
      const { size, root, minute, openedLines, unopened, frozen } = this.mirror.state;
      for (const leaf of this.store.unannounced) {
        const lines = this.checked.get(leaf) ?? (await this.storedLines(leaf));
        this.checked.delete(leaf);
        await live.opened(lines);
        this.store.announced(leaf);
      }
      const unopenedHours = unopened.map(({ hour }) => hour);
      const state = { size, root: base64(root), minute, opened: openedLines, unopenedHours };
      await live.log(state, await this.witnessing());
      if (frozen !== null) await live.forked(frozen);
      else if (this.mirror.forks.length > 0) await live.unfrozen();
    } catch (cause) {
      // The commit stands; what was not told stays in the store's list and is told with the next commit or start.
      this.checked.clear();
      console.error(cause);
    }
  }
}
