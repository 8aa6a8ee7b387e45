import { DurableObject } from "cloudflare:workers";
import {
  type AgentName,
  type Alarm,
  type LiveDelta,
  type LiveSnapshot,
  liveDelta,
  liveSnapshot,
  type Witnessing,
} from "@believe/shared/wire";
import type { Env } from "../env.ts";
import { writeSnapshot } from "../kv/snapshot.ts";
import { announce, announcedLines, type JournalView, seal } from "./live-journal.ts";
import { type Sections, withEvidence } from "./live-section.ts";
import { LiveSockets } from "./live-sockets.ts";
import { LiveStore } from "./live-store.ts";
import type { LeafLines, LiveRoom, LogState, Taken } from "./rooms.ts";

/** Least time between two copies of the snapshot in KV, microseconds: 720 writes a day. */
export const COPY_EVERY_US = 120_000_000;
/**
 * How long after a lease's end the object looks by itself, microseconds. Every reader judges leases on his own clock
 * and everybody who asks is told; only the lasting alarm waits. A wake at the end of each lease of 15 s would be
 * 8,640 requests and rows a day instead of 1,234.
 */
const WAKE_AFTER_US = 60_000_000;
const AGENTS = ["broker", "research"] as const;

const wallUs = (): number => Date.now() * 1000;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The public state and its readers. Computes nothing about trading: it keeps signed notes and counts what it was told. */
export class LiveDO extends DurableObject<Env> implements LiveRoom {
  readonly store: LiveStore;
  private readonly sockets: LiveSockets;
  private copying = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new LiveStore(ctx.storage);
    this.sockets = new LiveSockets(ctx);
  }

  async status(message: {
    agent: AgentName;
    note: string;
    n: number;
    lapsesAtUs: number;
  }): Promise<Taken> {
    const { agent, note, n, lapsesAtUs } = message;
    const held = this.store.sections[agent];
    if (held !== null && n <= held.n) return { taken: false, newest: held.n };
    const alarms = this.store.sections.alarms;
    const left = alarms.filter((one) => one.kind !== "lease-broken" || one.detail !== agent);
    this.publish({
      [agent]: { note, n, lapsesAtUs },
      ...(left.length === alarms.length ? {} : { alarms: left }),
    });
    await this.wakeAfter(lapsesAtUs);
    return { taken: true };
  }

  async figures(message: { note: string; n: number }): Promise<Taken> {
    const held = this.store.sections.figures;
    if (held !== null && message.n <= held.n) return { taken: false, newest: held.n };
    this.publish({ figures: { note: message.note, n: message.n } });
    return { taken: true };
  }

  async pending(lines: readonly string[]): Promise<void> {
    const announced = announcedLines(lines);
    this.takeJournal(announce(this.store.sections, announced, wallUs()));
  }

  async opened(lines: LeafLines): Promise<void> {
    this.takeJournal(seal(this.store.sections, lines, wallUs()));
  }

  async log(state: LogState, witnessing?: Witnessing): Promise<void> {
    const { size, root, minute, opened, unopenedHours } = state;
    const log = { size, root, minute, opened, unopenedHours: [...unopenedHours] };
    this.publish(witnessing === undefined ? { log } : { log, witnessing });
  }

  async forked(detail: string): Promise<void> {
    this.warn([{ kind: "fork", atUs: wallUs(), detail: detail.slice(0, 256) }]);
  }

  async unfrozen(): Promise<void> {
    const { alarms } = this.store.sections;
    this.publish({ alarms: alarms.filter(({ kind }) => kind !== "fork") });
  }

  async snapshot(): Promise<LiveSnapshot> {
    // Alarms of the platform may come a minute late; whoever looks must not see a broken lease as whole.
    this.judgeLeases();
    return this.current();
  }

  override async fetch(request: Request): Promise<Response> {
    this.judgeLeases();
    const seen = new URL(request.url).searchParams.get("n");
    const isCurrent = seen !== null && seen === String(this.store.n);
    return this.sockets.accept(request, isCurrent ? null : this.frameOf(this.current()));
  }

  override async webSocketMessage(socket: WebSocket): Promise<void> {
    this.sockets.refuse(socket);
  }

  override async alarm(): Promise<void> {
    this.judgeLeases();
    for (const agent of AGENTS) {
      const lapsesAtUs = this.store.sections[agent]?.lapsesAtUs ?? 0;
      if (lapsesAtUs > wallUs()) await this.wakeAfter(lapsesAtUs);
    }
  }

  /**
   * Sets the platform's alarm for a lease's end unless an earlier one is set: that one looks again. One row, and not
   * at each status.
   */
  private async wakeAfter(lapsesAtUs: number): Promise<void> {
    const atMs = Math.ceil((lapsesAtUs + WAKE_AFTER_US) / 1000);
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > atMs) {
      await this.ctx.storage.setAlarm(atMs);
      this.store.rowsWritten += 1;
    }
  }

  private judgeLeases(): void {
    const nowUs = wallUs();
    const lapsed = AGENTS.flatMap((agent): Alarm[] => {
      const atUs = this.store.sections[agent]?.lapsesAtUs ?? null;
      return atUs !== null && atUs <= nowUs ? [{ kind: "lease-broken", atUs, detail: agent }] : [];
    });
    this.warn(lapsed);
  }

  private warn(alarms: readonly Alarm[]): void {
    this.publish({ alarms: withEvidence(this.store.sections.alarms, alarms) });
  }

  private takeJournal(next: JournalView & { readonly evidence: readonly Alarm[] }): void {
    const { fills, pending } = next;
    const alarms = withEvidence(this.store.sections.alarms, next.evidence);
    this.publish({ fills: [...fills], pending, alarms });
  }

  /** Stores what really changed, tells the readers, and copies the state to KV when that is due. */
  private publish(next: Partial<Sections>): void {
    const before = this.store.sections;
    const changed: Partial<Sections> = Object.fromEntries(
      Object.entries(next).filter(([name, value]) => !same(Reflect.get(before, name), value)),
    );
    const isPublic = Object.keys(changed).some((name) => name !== "pending" && name !== "copy");
    if (Object.keys(changed).length === 0) return;
    this.store.write(changed, isPublic);
    if (!isPublic) return;
    this.sockets.send(this.frameOf(this.publicPart(changed)));
    this.ctx.waitUntil(this.copyIfDue());
  }

  private publicPart(changed: Partial<Sections>): LiveDelta["changed"] {
    const { broker, research, figures, log, fills, alarms, witnessing } = changed;
    return {
      ...(broker === undefined ? {} : { broker: broker?.note ?? null }),
      ...(research === undefined ? {} : { research: research?.note ?? null }),
      ...(figures === undefined ? {} : { figures: figures?.note ?? null }),
      ...(log === undefined ? {} : { log }),
      ...(fills === undefined ? {} : { fills }),
      ...(alarms === undefined ? {} : { alarms }),
      ...(witnessing === undefined ? {} : { witnessing }),
    };
  }

  private current(): LiveSnapshot {
    const all = this.publicPart(this.store.sections);
    return liveSnapshot.parse({ n: this.store.n, atUs: wallUs(), ...all });
  }

  private frameOf(state: LiveDelta["changed"] & { n?: number; atUs?: number }): string {
    const { n: _n, atUs: _atUs, ...changed } = state;
    return JSON.stringify(liveDelta.parse({ n: this.store.n, atUs: wallUs(), changed }));
  }

  private async copyIfDue(): Promise<void> {
    const { copy } = this.store.sections;
    if (this.copying || wallUs() - copy.atUs < COPY_EVERY_US || copy.n === this.store.n) return;
    this.copying = true;
    try {
      const snapshot = this.current();
      await writeSnapshot(this.env.KV, snapshot);
      this.store.write({ copy: { n: snapshot.n, atUs: snapshot.atUs } }, false);
    } finally {
      this.copying = false;
    }
  }
}
