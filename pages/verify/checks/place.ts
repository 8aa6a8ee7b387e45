import { ctDate, ctMinute } from "../../ui/time.ts";
import { leafUs } from "./session-board.ts";

/** "leaf 212, Tue 9 Jan 2024 11:12 CT". */
export function leafPlace(leaf: { readonly index: number; readonly minute: string }): string {
  const us = leafUs(leaf.minute);
  return `leaf ${leaf.index}, ${ctDate(us)} ${ctMinute(us)} CT`;
}
