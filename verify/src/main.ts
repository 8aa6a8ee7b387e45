import { believeVerify } from "./run.ts";
import { processTerminal } from "./terminal.ts";

process.exitCode = await believeVerify(process.argv.slice(2), processTerminal());
