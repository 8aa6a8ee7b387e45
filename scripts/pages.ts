/** Builds what a browser loads into pages/dist: the Worker serves it, its tests need it. */
import "./require-node.ts";
import { buildPages } from "../pages/build.ts";

await buildPages();
