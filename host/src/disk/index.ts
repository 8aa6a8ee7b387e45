export { hasCode } from "./code.ts";
export { syncFolder } from "./folder.ts";
export { type FileLine, linesBetween } from "./lines.ts";
export { replaceFile } from "./replace.ts";
export { replaceFileLater } from "./replace-async.ts";
export { cutTornLine } from "./torn.ts";
export { writeWhole } from "./write.ts";
