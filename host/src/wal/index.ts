export { WalFailure } from "./failure.ts";
export type { JournalLine } from "./journal-file.ts";
export type { Processes } from "./processes.ts";
export { Wal, type WalOptions } from "./wal.ts";
