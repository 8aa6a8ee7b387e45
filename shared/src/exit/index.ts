export { type ExitAction, type ExitInput, exitActions } from "./actions.ts";
export { type ExitRules, exitRules } from "./rules.ts";
export { type StopInput, type StopLevel, stopLevel } from "./stop-level.ts";
