import { BytesFailure, base64, utf8Text } from "@believe/shared/base";
import {
  type Checkpoint,
  checkKeyChanges,
  claimOf,
  type FollowedKeys,
  followKeys,
  knownKeys,
  LogFailure,
  type LogSource,
  openCheckpoint,
  openCosignature,
  parseVkey,
  type RebuiltLog,
  rebuildLog,
  rootAt,
  type VerifyTools,
} from "@believe/shared/wire/log";
import { countText, shortHash } from "../../ui/number.ts";
import { keyFinding } from "../memory.ts";
import type {
  Facts,
  Finding,
  FindingCode,
  FromWorker,
  Seen,
  Step,
  StepName,
  ToWorker,
} from "../protocol.ts";
import { checkedForks } from "./fork-check.ts";
import { LinesCheck } from "./lines-check.ts";
import { leafUs, SessionBoard } from "./session-board.ts";

const TELL_EVERY_MS = 100;

export interface CheckPorts {
  readonly source: LogSource;
  readonly tools: VerifyTools;
  readonly tell: (message: FromWorker) => void;
  readonly nowMs: () => number;
  /** Wall time, microseconds. */
  readonly wallUs: () => number;
}

/** What is to be checked, and what an earlier visit saw of it. */
type Asked = Pick<ToWorker & { readonly ask: "check" }, "facts" | "seen" | "pinned">;
type Ended = Pick<Step, "state" | "said">;

/** The whole check of one log, step by step. Each step says what it found; a finding never stops a step that can go on. */
export class LogCheck {
  readonly #facts: Facts;
  readonly #seen: Seen | null;
  readonly #pinned: string | null;
  #followed: FollowedKeys | null = null;
  readonly #ports: CheckPorts;
  readonly #bad = new Set<StepName>();
  #cosigned = 0;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor({ facts, seen, pinned }: Asked, ports: CheckPorts) {
    this.#facts = facts;
    this.#seen = seen;
    this.#pinned = pinned;
    this.#ports = ports;
  }

  /** Runs to the end and says "done"; throws what the source throws. Answers the log where it could be rebuilt. */
  async run(): Promise<RebuiltLog | null> {
    const note = await this.#ports.source.get("checkpoint");
    const checkpoint = await this.#step("signature", () => this.#signature(note));
    const rebuilt = checkpoint === null ? null : await this.#rebuilt(checkpoint, note);
    if (checkpoint === null || rebuilt === null) {
      this.#done(null);
      return null;
    }
    if (!this.#bad.has("growth")) await this.#step("growth", async () => this.#growth(rebuilt));
    await this.#step("forks", () => this.#forks(rebuilt));
    await this.#lines(checkpoint, rebuilt);
    return rebuilt;
  }

  async #rebuilt(checkpoint: Checkpoint, note: Uint8Array | null): Promise<RebuiltLog | null> {
    await this.#step("witnesses", () => this.#witnesses(note));
    this.#rolledBack(checkpoint);
    return this.#tree(checkpoint);
  }

  #done(sums: (FromWorker & { readonly tell: "done" })["sums"]): void {
    this.#ports.tell({ tell: "done", sums });
  }

  #find(step: StepName, finding: Finding): void {
    this.#bad.add(step);
    this.#ports.tell({ tell: "finding", finding });
  }

  #say(name: StepName, ended: Ended, ms: number | null): void {
    this.#ports.tell({ tell: "step", step: { name, ms, ...ended } });
  }

  /** Runs a step with its time; what it returns beside its words goes on to the next. */
  async #step<T>(
    name: StepName,
    run: () => Promise<Ended & { readonly value?: T }>,
  ): Promise<T | null> {
    const startMs = this.#ports.nowMs();
    this.#say(name, { state: "running", said: "" }, null);
    const { value, state, said } = await run();
    this.#say(name, { state, said }, this.#ports.nowMs() - startMs);
    return value ?? null;
  }

  async #signature(note: Uint8Array | null): Promise<Ended & { readonly value?: Checkpoint }> {
    const { key, origin } = this.#facts;
    if (note === null) {
      this.#find("signature", {
        code: "missing",
        place: "checkpoint",
        said: "The edge serves no checkpoint: there is no record to check yet.",
      });
      return { state: "bad", said: "no checkpoint is served" };
    }
    try {
      const { verify } = this.#ports.tools;
      const text = utf8Text(note);
      const known = knownKeys([key]);
      const followed = await followKeys(this.#ports.source, known, { origin, verify });
      const keys = followed.keysFor(claimOf(text, "checkpoint"));
      const { checkpoint } = await openCheckpoint(text, keys, verify);
      this.#followed = followed;
      this.#expectPinned(followed);
      const id = parseVkey(followed.inForce ?? key)
        .keyId.toString(16)
        .padStart(8, "0");
      const changed = followed.changes.map(({ size }) => `, key changed at ${countText(size)}`);
      const said = `${origin}, key ${id}, ${countText(checkpoint.size)} leaves${changed.join("")}`;
      return { state: this.#bad.has("signature") ? "bad" : "good", said, value: checkpoint };
    } catch (cause) {
      const said = messageOf(cause);
      this.#find("signature", { code: "signature", place: "checkpoint", said });
      return { state: "bad", said };
    }
  }

  /** The key of an earlier visit leads to the one in force, or it is another log's. */
  #expectPinned({ changes, inForce }: FollowedKeys): void {
    const pinned = this.#pinned;
    if (pinned === null || pinned === inForce) return;
    if (changes.some(({ oldVkey }) => oldVkey === pinned)) return;
    this.#find("signature", keyFinding(pinned, this.#facts.key));
  }

  async #forks({ tree }: RebuiltLog): Promise<Ended> {
    const followed = this.#followed;
    if (followed === null) return { state: "skipped", said: "" };
    const { finding, ...ended } = await checkedForks(this.#facts, { followed, tree }, this.#ports);
    if (finding !== null) this.#find("forks", finding);
    return ended;
  }

  async #witnesses(note: Uint8Array | null): Promise<Ended> {
    const { witnesses, needed } = this.#facts;
    const names: string[] = [];
    for (const { name, vkey } of witnesses) {
      try {
        await openCosignature(utf8Text(note ?? new Uint8Array()), vkey, this.#ports.tools.verify);
        names.push(name);
      } catch (cause) {
        if (cause instanceof LogFailure && cause.code === "unknown-key") continue;
        this.#find("witnesses", {
          code: "witness",
          place: `checkpoint, line of ${name}`,
          said: messageOf(cause),
        });
      }
    }
    this.#cosigned = names.length;
    if (this.#bad.has("witnesses")) return { state: "bad", said: "a false cosignature" };
    if (names.length === 0) return { state: "warn", said: "nobody cosigned this checkpoint yet" };
    return {
      state: names.length >= needed ? "good" : "warn",
      said: `${names.join(", ")}; ${needed} of ${witnesses.length} are needed`,
    };
  }

  async #tree(checkpoint: Checkpoint): Promise<RebuiltLog | null> {
    const { source, tools, nowMs } = this.#ports;
    const startMs = nowMs();
    const total = checkpoint.size;
    this.#say("tree", { state: "running", said: "" }, null);
    const onLeaves = (leaves: number) =>
      this.#now(() => {
        const said = `${countText(leaves)} of ${countText(total)} leaves`;
        this.#say("tree", { state: "running", said }, null);
      });
    try {
      const rebuilt = await rebuildLog(source, checkpoint, { hash: tools.hash, onLeaves });
      checkKeyChanges(this.#followed?.changes ?? [], rebuilt.tree, tools.hash);
      const ms = nowMs() - startMs;
      this.#say("tree", { state: "good", said: `${countText(total)} of ${countText(total)}` }, ms);
      const said = `${countText(rebuilt.tiles)} compared, hash by hash`;
      this.#say("tiles", { state: "good", said }, ms);
      return rebuilt;
    } catch (cause) {
      if (!(cause instanceof LogFailure)) throw cause;
      const place = String(cause.facts["place"] ?? "");
      const code = codeOf(place);
      const step = code === "tile" ? "tiles" : "tree";
      this.#find(step, { code, place, said: cause.message });
      const ms = nowMs() - startMs;
      if (code === "tile") this.#say("tree", { state: "good", said: countText(total) }, ms);
      this.#say(step, { state: "bad", said: place }, ms);
      return null;
    }
  }

  /** A smaller log is said at once: the older leaves may not even add up. */
  #rolledBack({ size }: Checkpoint): void {
    const seen = this.#seen;
    if (seen === null || seen.size <= size) return;
    const was = `${countText(seen.size)} leaves`;
    this.#find("growth", {
      code: "smaller",
      place: "checkpoint",
      said: `This browser saw ${was}; now ${countText(size)} are served.`,
    });
    const said = `${was} seen, ${countText(size)} served`;
    this.#say("growth", { state: "bad", said }, 1);
  }

  #growth({ tree }: RebuiltLog): Ended {
    const seen = this.#seen;
    if (seen === null)
      return { state: "skipped", said: "first visit: nothing to compare with yet" };
    const was = `${countText(seen.size)} leaves`;
    const root = rootAt(tree, seen.size, this.#ports.tools.hash);
    if (base64(root) === seen.root)
      return { state: "good", said: `${was} then, nothing rewritten` };
    this.#find("growth", {
      code: "rewritten",
      place: `the first ${was}`,
      said: "They add up to another root than the one that this browser saw signed.",
      served: shortHash(base64(root)),
      expected: shortHash(seen.root),
    });
    return { state: "bad", said: `another history in the first ${was}` };
  }

  async #lines(checkpoint: Checkpoint, { order }: RebuiltLog): Promise<void> {
    const { source, tools, tell, wallUs } = this.#ports;
    const { leaves, gaps } = order;
    const board = new SessionBoard(leaves, gaps);
    tell({ tell: "sessions", sessions: board.changed() });
    let done = 0;
    const check: LinesCheck = new LinesCheck({
      source,
      tools,
      board,
      kind: this.#facts.kind,
      nowUs: wallUs(),
      finding: (finding) => this.#find("lines", finding),
      onLeaf: () => {
        done += 1;
        this.#now(() => {
          this.#say("lines", { state: "running", said: `${countText(check.lines)} lines` }, null);
          tell({ tell: "progress", done, total: leaves.length });
          tell({ tell: "sessions", sessions: board.changed() });
        });
      },
    });
    await this.#step("lines", async () => {
      await check.run(leaves);
      const state = check.bad + check.overdue > 0 ? "bad" : check.opened === 0 ? "warn" : "good";
      return { state, said: check.said };
    });
    tell({ tell: "progress", done, total: leaves.length });
    tell({ tell: "sessions", sessions: board.changed() });
    const [first, last] = [leaves[0], leaves.at(-1)];
    this.#done({
      size: checkpoint.size,
      root: base64(checkpoint.root),
      lines: check.lines,
      closed: check.closed,
      openedLeaves: check.opened,
      unopened: check.unopened,
      missing: board.missing,
      fromUs: first === undefined ? null : leafUs(first.minute),
      toUs: last === undefined ? null : leafUs(last.minute),
      cosigned: this.#cosigned,
    });
  }

  /** At most ten words a second reach the page, so that it stays smooth. */
  #now(run: () => void): void {
    const nowMs = this.#ports.nowMs();
    if (nowMs - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = nowMs;
    run();
  }
}

function codeOf(place: string): FindingCode {
  if (place.startsWith("checkpoint")) return "root";
  if (place.startsWith("key-changes")) return "key";
  return place.startsWith("leaf") || place.startsWith("tile/entries") ? "entry" : "tile";
}

/** What bytes that were refused say; anything else is our own fault and goes on. */
function messageOf(cause: unknown): string {
  if (cause instanceof LogFailure || cause instanceof BytesFailure) return cause.message;
  throw cause;
}
