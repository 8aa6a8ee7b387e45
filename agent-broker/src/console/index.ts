export { consoleFiles } from "./console-files.ts";
export { ConsoleServer } from "./console-server.ts";
export { ConsoleToken } from "./console-token.ts";
