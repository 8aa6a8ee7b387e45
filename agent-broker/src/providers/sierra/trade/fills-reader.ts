import type { Quarantine, Rewrite, TailConsumer } from "@believe/host/tail";
import type { Instrument } from "@believe/shared/market";
import { FillsParser, type FillsRow } from "./fills-row.ts";

export interface FillsReaderOptions {
  readonly path: string;
  readonly instrument: Instrument;
  readonly quarantine: Quarantine;
  /** Where an earlier process stopped; null at the very first start. */
  readonly from: { readonly header: string; readonly run: string; readonly rowSeq: number } | null;
  /** Takes a row; a reason where it is none for us. */
  readonly onRow: (row: FillsRow) => string | null;
  /** The study speaks under a new run. Called before the first row of it. */
  readonly onRun: () => void;
  /** A row is missing or cannot be read, or the file is another one. */
  readonly onDoubt: (reason: string) => void;
}

/** Takes the lines of `fills_RGW.csv`: each row of a run once and none left out, or a doubt. */
export class FillsReader implements TailConsumer {
  readonly #options: FillsReaderOptions;
  readonly #parser: FillsParser;
  #run: string;
  #rowSeq: number;
  /** Rows that were there already: told again, not heard again. */
  repeated = 0;

  constructor(options: FillsReaderOptions) {
    this.#options = options;
    this.#parser = new FillsParser(options.instrument);
    this.#run = options.from?.run ?? "";
    this.#rowSeq = options.from?.rowSeq ?? 0;
    this.#parser.adopt(Buffer.from(options.from?.header ?? ""));
  }

  get state(): { readonly header: string; readonly run: string; readonly rowSeq: number } {
    return { header: this.#parser.header, run: this.#run, rowSeq: this.#rowSeq };
  }

  line(line: Buffer, offset: number): void {
    if (this.#parser.adopt(line)) return;
    const row = this.#parser.parse(line);
    if (typeof row === "string") {
      this.#refuse(line, offset, row);
      return;
    }
    if (row.run !== this.#run) {
      const isFirst = this.#run === "";
      this.#run = row.run;
      this.#rowSeq = isFirst ? row.rowSeq - 1 : 0;
      this.#options.onRun();
    }
    if (row.rowSeq <= this.#rowSeq) {
      this.repeated++;
      return;
    }
    if (row.rowSeq > this.#rowSeq + 1) this.#options.onDoubt("row-missing");
    this.#rowSeq = row.rowSeq;
    const refusal = this.#options.onRow(row);
    if (refusal !== null) this.#refuse(line, offset, refusal, refusal);
  }

  refused(piece: Buffer, offset: number, why: "overlong" | "overlong-rest" | "torn"): void {
    this.#refuse(piece, offset, why);
  }

  rewritten(_why: Rewrite): void {
    this.#options.onDoubt("fills-rewritten");
  }

  #refuse(bytes: Buffer, offset: number, reason: string, doubt = "row-unreadable"): void {
    const { quarantine, path, onDoubt } = this.#options;
    quarantine.add({ path, offset, reason, bytes });
    onDoubt(doubt);
  }
}
