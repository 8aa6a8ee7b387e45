export { deskLines } from "./desk-lines.ts";
export { DeskWindow } from "./desk-window.ts";
export { stoppedDesk } from "./stopped-desk.ts";
