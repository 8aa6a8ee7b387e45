import { parseIsoUs, timeUs } from "@believe/shared/base";
import type { Tape, TapeRow } from "@believe/sim/tape";

const START = parseIsoUs("2024-01-09T14:30:00Z");
const ROW_US = 500_000;
/** Until the regular session is nearly over. */
const ROWS = 2 * 3_600 * 6;
const MIDDLE = 19_200;
/** Swings, seconds long and ticks high: crosses every minute or two, some of them false. */
const SWINGS = [
  { seconds: 300, ticks: 60 },
  { seconds: 130, ticks: 25 },
] as const;

/** A market of few rows that swings about: it gives a bracket a life of seconds when it is played fast. */
export const swingingTape: Tape = {
  info: {
    name: "swinging",
    symbol: "MESH4",
    startUs: START,
    endUs: timeUs(START + ROWS * ROW_US),
    seeded: true,
  },
  columns: null,
  *rows(): Generator<TapeRow, void, undefined> {
    for (let n = 0; n < ROWS; n++) {
      const at = (n * ROW_US) / 1e6;
      const away = SWINGS.reduce(
        (sum, { seconds, ticks }) => sum + ticks * Math.sin((2 * Math.PI * at) / seconds),
        0,
      );
      const bid = MIDDLE + Math.round(away);
      const type = (["QUOTE", "ASK", "QUOTE", "BID"] as const)[n % 4] ?? "QUOTE";
      const price = type === "QUOTE" ? null : type === "ASK" ? bid + 1 : bid;
      yield {
        kind: "tick",
        stampUs: timeUs(START + n * ROW_US),
        type,
        price,
        volume: price === null ? 0 : 5,
        bid,
        bidSize: 20,
        ask: bid + 1,
        askSize: 20,
        bidDepth: 200,
        askDepth: 200,
      };
    }
  },
};
