import { every } from "@believe/host/every";
import { SignedClient, type TimedHeaders } from "@believe/host/http";
import type { Pusher } from "@believe/host/push";
import type { TimeUs } from "@believe/shared/base";
import type { BrokerConfig } from "../config.ts";
import type { AgentKeys } from "../keys/key-folder.ts";
import { capturesOf, type Recovered } from "../recover.ts";
import type { ClockWatch } from "../watch/clock-watch.ts";
import { EmbargoedFigures } from "./embargoed-figures.ts";
import { FiguresReport } from "./figures-report.ts";
import { PartSender } from "./part-sender.ts";
import { PendingLines } from "./pending.ts";
import { Replicator } from "./replicator.ts";
import { SignedReport } from "./signed-report.ts";
import { type Health, StatusReport } from "./status-report.ts";

const REPLICATE_MS = 2_000;

export interface ReportsOptions {
  readonly config: BrokerConfig;
  readonly keys: AgentKeys;
  readonly recovered: Recovered;
  readonly pusher: Pusher;
  /** To the Worker. */
  readonly client: SignedClient;
  /** Hears the clock of the research door. */
  readonly doorClock: ClockWatch;
  readonly wallUs: () => TimeUs;
  readonly health: () => Health;
}

/** Everything that leaves the machine beside the log: status, figures, pending lines, copies for the research agent. */
export class Reports {
  readonly #options: ReportsOptions;
  readonly #status: StatusReport;
  readonly #figures: FiguresReport | EmbargoedFigures;
  readonly #pending: PendingLines | null;
  readonly #replicator: Replicator | null;
  readonly #parts: PartSender | null;
  #ends: (() => Promise<void>)[] = [];

  constructor(options: ReportsOptions) {
    this.#options = options;
    const { config, keys, recovered, client, doorClock, wallUs } = options;
    const { account, door, origin } = config;
    const { name: keyId, sign } = keys.request;
    const onAnswer = (answer: TimedHeaders): void => doorClock.onAnswer(answer);
    const atDoor = door ? new SignedClient({ baseUrl: door.url, keyId, sign, onAnswer }) : null;
    const report = (path: string): SignedReport =>
      new SignedReport({ client, signer: keys.status, path, wallMs: Date.now() });
    this.#status = new StatusReport(config, report("/status/broker"), wallUs);
    this.#figures = this.#figuresReport(report("/figures/broker"));
    this.#pending = account.kind === "paper" ? new PendingLines(client) : null;
    this.#replicator = atDoor === null ? null : new Replicator(atDoor, capturesOf(config));
    const { wal, spool } = recovered;
    this.#parts =
      atDoor === null
        ? null
        : new PartSender({ client: atDoor, signer: keys.request, origin, wal, spool });
  }

  /** From here on every line that becomes durable may be shown ahead of its leaf. */
  listen(): void {
    const pending = this.#pending;
    if (pending !== null) this.#options.recovered.journal.onWritten((line) => pending.add(line));
  }

  begin(): void {
    const { config, recovered } = this.#options;
    const { statusMs, pendingMs } = config.push;
    this.#ends = [
      every(statusMs, () => this.#report()),
      every(statusMs, () => this.#figures.send()),
      every(pendingMs, async () => await this.#pending?.send()),
      every(REPLICATE_MS, async () => await this.#replicator?.send(recovered.closed)),
      every(config.door?.partsMs ?? REPLICATE_MS, async () => await this.#parts?.send()),
    ];
  }

  async end(): Promise<void> {
    for (const end of this.#ends) await end();
  }

  /** The last word of a run, once its journal has ended. */
  async sendLast(): Promise<void> {
    await this.#replicator?.send(this.#options.recovered.closed);
    await this.#parts?.send();
    await this.#report();
    await this.#figures.send();
  }

  async #report(): Promise<void> {
    await this.#status.send(this.#options.health());
  }

  #figuresReport(report: SignedReport): FiguresReport | EmbargoedFigures {
    const { config, pusher, recovered, wallUs } = this.#options;
    if (config.account.kind === "live") return new EmbargoedFigures({ pusher, report, wallUs });
    const { wal, spool } = recovered;
    const openedSeq = (): number => {
      const { openedLeaves } = pusher.state;
      if (openedLeaves === 0) return 0;
      const [newest] = spool.leaves(openedLeaves - 1, openedLeaves);
      return newest ? newest.firstSeq + newest.count : 0;
    };
    return new FiguresReport({ wal, report, wallUs, openedSeq });
  }
}
