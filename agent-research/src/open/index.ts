export { type OpenedDay, openDay } from "./open-day.ts";
export { OverdueDays } from "./overdue.ts";
export { ReplicaRecord } from "./replica-record.ts";
