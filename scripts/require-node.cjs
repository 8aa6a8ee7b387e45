// The oldest syntax on purpose: this file is what a too old Node gets to read (`node -r`, before any TypeScript).
// 22.18 is the first 22 that runs TypeScript files without a flag.
"use strict";
var parts = process.versions.node.split(".");
var major = Number(parts[0]);
var minor = Number(parts[1]);
if (major < 22 || (major === 22 && minor < 18) || (major === 23 && minor < 6)) {
  process.stderr.write(
    "believe needs Node 22.18 or newer (24 is what npm ci brings along), this is Node " +
      process.versions.node +
      ": run `npm ci` and start it through npm.\n",
  );
  process.exit(1);
}
