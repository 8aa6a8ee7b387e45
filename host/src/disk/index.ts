export { hasCode, saidBy } from "./code.ts";
export { makeFolders, syncFolder } from "./folder.ts";
export { type FileLine, linesBetween } from "./lines.ts";
export { nodeDisk } from "./node-disk.ts";
export { replaceFile } from "./replace.ts";
export { replaceFileLater } from "./replace-async.ts";
export { readText } from "./text.ts";
export { cutTornLine } from "./torn.ts";
export { writeWhole, writeWholeLater } from "./write.ts";
