import type { Command, ConsoleState } from "@believe/shared/wire";

/** What became of a person's command: taken into the journal, or why not. */
export type CommandAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What the console may see and ask of the agent. */
export interface ConsolePort {
  state(): ConsoleState;
  /** Resolves when the command is journaled, or refused. */
  command(command: Command): Promise<CommandAnswer>;
}
