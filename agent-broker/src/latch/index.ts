export { KillLatch } from "./kill-latch.ts";
