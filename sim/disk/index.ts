export { DiskError, type Fault, type Operation, type OperationKind, PowerCut } from "./fault.ts";
export type { Tear } from "./inode.ts";
export { type FaultPlan, SimDisk } from "./sim-disk.ts";
