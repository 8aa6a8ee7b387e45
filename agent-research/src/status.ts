import type { SignedClient } from "@believe/host/http";
import type { ResearchStatus } from "@believe/shared/wire";
import { type Signer, signDocument } from "@believe/shared/wire/log";

const LEASE_MS_MIN = 15_000;
/** Statuses that may be lost before the agent counts as silent. */
const STATUSES_A_LEASE = 3;

/** How long a status holds when one is said every `statusMs`. */
export function leaseUsOf(statusMs: number): number {
  return 1_000 * Math.max(LEASE_MS_MIN, STATUSES_A_LEASE * statusMs);
}

/** Signs what the research agent says of itself and hands it to the Worker. `n` ascends across restarts. */
export class StatusReport {
  readonly #client: SignedClient;
  readonly #signer: Signer;
  #n: number;

  constructor(options: {
    readonly client: SignedClient;
    readonly signer: Signer;
    /** Above every number that an earlier run can have used: the wall clock in milliseconds. */
    readonly firstN: number;
  }) {
    this.#client = options.client;
    this.#signer = options.signer;
    this.#n = options.firstN;
  }

  /** Resolves to whether the Worker took it; a broken connection is retried by the next report. */
  async send(body: Omit<ResearchStatus, "v" | "n" | "agent">): Promise<boolean> {
    this.#n += 1;
    const status: ResearchStatus = { v: 1, n: this.#n, agent: "research", ...body };
    const note = await signDocument(JSON.stringify(status), this.#signer);
    const answer = await this.#client
      .put("/status/research", note, "text/plain; charset=utf-8")
      .catch(() => null);
    return answer !== null && answer.status < 300;
  }
}
