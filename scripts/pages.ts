/** Builds what browsers load: pages/dist for the Worker and its tests, pages/dist-console for the broker agent. */
import "./require-node.ts";
import { buildConsole, buildPages } from "../pages/build.ts";

await buildPages();
await buildConsole();
