export { KillLatch, killFileOf } from "./kill-latch.ts";
