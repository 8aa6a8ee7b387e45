import type { SignedClient } from "@believe/host/http";
import { type Signer, signDocument } from "@believe/shared/wire/log";

/**
 * Signs documents of one kind and hands them to the Worker. `n` ascends with every one, across restarts: it starts
 * at the wall clock's milliseconds, above whatever an earlier run can have used at less than one a millisecond.
 */
export class SignedReport {
  readonly #client: SignedClient;
  readonly #signer: Signer;
  readonly #path: string;
  #n: number;

  constructor(options: {
    readonly client: SignedClient;
    readonly signer: Signer;
    readonly path: string;
    readonly wallMs: number;
  }) {
    this.#client = options.client;
    this.#signer = options.signer;
    this.#path = options.path;
    this.#n = options.wallMs;
  }

  nextN(): number {
    this.#n += 1;
    return this.#n;
  }

  /** Resolves to whether the Worker took it. A broken connection is not an error here: the next report says more. */
  async send(document: object): Promise<boolean> {
    const note = await signDocument(JSON.stringify(document), this.#signer);
    const answer = await this.#client
      .put(this.#path, note, "text/plain; charset=utf-8")
      .catch(() => null);
    return answer !== null && answer.status < 300;
  }
}
