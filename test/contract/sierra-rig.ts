import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SierraTrade, sierraTradeCapabilities } from "@believe/agent-broker/providers/sierra";
import { priceTicks, type TimeUs, timeUs } from "@believe/shared/base";
import type { TradeProvider, VenueEvent } from "@believe/shared/trade";
import type { Body } from "@believe/shared/wire";
import { type TradePort, TradeStudy, TradeVenue, tradeFolder } from "@believe/sim/sierra";
import { quoteAt, type RigMaker, START, SYMBOL, type TradeRig, type Wrap } from "./trade-rig.ts";

const ACCOUNT = "Sim1";
const STEP_US = 250_000;

/** The provider and the study, over real files in a folder of their own, on a clock that a test moves. */
export class SierraRig implements TradeRig {
  nowUs: TimeUs = START;
  readonly folder: string;
  readonly venue = new TradeVenue(SYMBOL);
  /** Changed by a test that hurts the study's side. */
  port: TradePort;
  study: TradeStudy | null = null;
  sierra: SierraTrade;
  /** Time that Sierra takes to load its fills. */
  loadUs = 3_000_000;
  readonly #wrap: Wrap;
  #provider: TradeProvider;
  #words: VenueEvent[] = [];
  #runs = 0;

  constructor(wrap: Wrap = (provider) => provider) {
    this.#wrap = wrap;
    this.folder = mkdtempSync(join(tmpdir(), "believe-trade-"));
    this.port = tradeFolder(this.folder);
    this.sierra = this.#open();
    this.#provider = wrap(this.sierra);
    this.startStudy();
    this.hear(6_000);
  }

  startStudy(isSim = true, account = ACCOUNT): void {
    const { port, venue, loadUs } = this;
    const runId = `R${++this.#runs}`;
    this.study = new TradeStudy({ port, venue, account, isSim, runId, loadUs }, this.nowUs);
  }

  submit(intent: Body<"intent">): void {
    this.#provider.submit(intent, this.nowUs);
  }

  quote(bid: number, ask: number, lots: number): void {
    const event = quoteAt(this.nowUs, bid, ask, lots);
    this.venue.market(event);
    this.#words.push(...this.#provider.onMarket(event));
  }

  hear(ms = 400): VenueEvent[] {
    for (const endUs = this.nowUs + ms * 1_000; this.nowUs < endUs; ) {
      this.nowUs = timeUs(this.nowUs + STEP_US);
      this.study?.call(this.nowUs);
      this.poll();
    }
    const words = this.#words;
    this.#words = [];
    return words;
  }

  /** The provider alone. */
  poll(): void {
    for (let word = this.#provider.due(this.nowUs); word; word = this.#provider.due(this.nowUs)) {
      this.#words.push(word);
    }
  }

  working(): number {
    return this.venue.orders.filter(({ state }) => state === "working" || state === "waiting")
      .length;
  }

  dropLink(): void {
    this.study = null;
  }

  mendLink(): void {
    this.startStudy();
  }

  repeat(): void {
    const lines = this.rows();
    appendFileSync(join(this.folder, "fills_RGW.csv"), `${lines.slice(-3).join("\r\n")}\r\n`);
  }

  foreign(): void {
    const none = { tag: null, stop: null, target: null };
    this.venue.place({ ...none, side: "buy", type: "LMT", qty: 1, price: priceTicks(90) });
  }

  restart(): void {
    this.sierra.saveState();
    this.kill();
  }

  /** The provider's process ends without keeping anything more. */
  kill(): void {
    this.sierra.close();
    this.sierra = this.#open();
    this.#provider = this.#wrap(this.sierra);
  }

  /** Whole lines of a file. */
  rows(file = "fills_RGW.csv"): string[] {
    return readFileSync(join(this.folder, file), "latin1").split("\r\n").slice(0, -1);
  }

  close(): void {
    this.sierra.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #open(): SierraTrade {
    return new SierraTrade({
      folder: this.folder,
      quarantineFolder: join(this.folder, "quarantine"),
      stateFile: join(this.folder, "trade.json"),
      symbol: SYMBOL,
      account: { name: ACCOUNT, kind: "paper" },
      pollMs: 0,
      wallUs: () => this.nowUs,
    });
  }
}

export const sierraRig: RigMaker = {
  capabilities: sierraTradeCapabilities,
  make: (wrap) => new SierraRig(wrap),
};
