export { chicagoUs } from "./chicago.ts";
export { fileTape } from "./file-tape.ts";
export { openTape, type TapeChoice, tapeInfo } from "./open-tape.ts";
export { seededTape } from "./seeded-tape.ts";
export {
  type DomRow,
  type LineRow,
  type Tape,
  TapeFailure,
  type TapeInfo,
  type TapeRow,
  type TickRow,
} from "./tape.ts";
