export { consoleFiles } from "./console-files.ts";
export type { CommandAnswer, ConsolePort } from "./console-port.ts";
export { ConsoleServer } from "./console-server.ts";
export { ConsoleToken } from "./console-token.ts";
