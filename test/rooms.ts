/**
 * The room map: who may import whom. It is data; the dependency-cruiser rules, the diagram in ARCHITECTURE.md
 * and their tests are generated from it. To add a room, add one entry here.
 */
export interface Room {
  /** What the diagram and the rule names call it. */
  readonly name: string;
  /** Its folder, relative to the repository's root. */
  readonly folder: string;
  /** Names of the rooms that it may import, besides itself. */
  readonly standsOn: readonly string[];
  /** npm packages that it may import. */
  readonly vendors: readonly string[];
  /** Whether it may import Node's own modules. */
  readonly node: boolean;
}

/** Rooms of `shared`, each with the rooms it stands on; all but base stand on base. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wire: [],
  "wire/log": ["wire"],
  market: [],
  trade: ["wire", "market"],
  indicator: ["market"],
  strategy: ["wire", "market", "indicator", "trade"],
  risk: ["market", "trade", "wire"],
  exit: ["market", "trade", "wire"],
  match: ["wire", "market", "trade"],
  engine: ["wire", "market", "trade", "indicator", "strategy", "risk", "exit"],
};

function sharedRoom([name, on]: readonly [string, readonly string[]]): Room {
  return {
    name: `shared/${name}`,
    folder: `shared/src/${name}`,
    standsOn: (name === "base" ? [] : ["base", ...on]).map((room) => `shared/${room}`),
    vendors: name === "base" ? ["tweetnacl", "zod"] : ["zod"],
    node: false,
  };
}

export const sharedRooms: readonly Room[] = Object.entries(SHARED).map(sharedRoom);
const EVERY_SHARED = sharedRooms.map((room) => room.name);
const SHOWN = ["shared/base", "shared/wire", "shared/wire/log", "shared/market", "shared/trade"];

const PACKAGES: readonly Room[] = [
  {
    name: "host",
    folder: "host",
    standsOn: EVERY_SHARED,
    vendors: ["chokidar", "pino", "smol-toml", "undici", "zod"],
    node: true,
  },
  {
    name: "pages/ui",
    folder: "pages/ui",
    standsOn: SHOWN,
    vendors: ["preact"],
    node: false,
  },
  {
    name: "pages/dashboard",
    folder: "pages/dashboard",
    standsOn: [...SHOWN, "pages/ui"],
    vendors: ["preact", "preact-render-to-string"],
    node: false,
  },
  {
    name: "pages/verify",
    folder: "pages/verify",
    standsOn: [...SHOWN, "pages/ui"],
    vendors: ["preact", "preact-render-to-string"],
    node: false,
  },
  {
    name: "pages/console",
    folder: "pages/console",
    standsOn: [...SHOWN, "pages/ui"],
    vendors: ["preact"],
    node: false,
  },
  {
    name: "worker",
    folder: "worker/src",
    standsOn: [
      "shared/base",
      "shared/wire",
      "shared/wire/log",
      "pages/ui",
      "pages/dashboard",
      "pages/verify",
    ],
    vendors: ["@hono/zod-openapi", "hono", "preact", "preact-render-to-string", "zod"],
    node: false,
  },
  {
    name: "agent-broker",
    folder: "agent-broker",
    standsOn: [...EVERY_SHARED, "host"],
    vendors: ["@stoqey/ib", "commander", "zod"],
    node: true,
  },
  {
    name: "agent-research",
    folder: "agent-research",
    standsOn: [...EVERY_SHARED, "host"],
    vendors: ["commander", "zod"],
    node: true,
  },
  {
    name: "verify",
    folder: "verify",
    standsOn: ["shared/base", "shared/wire", "shared/wire/log", "shared/market", "host"],
    vendors: ["esbuild"],
    node: true,
  },
  { name: "sim/disk", folder: "sim/disk", standsOn: ["shared/base"], vendors: [], node: false },
  { name: "sim/tape", folder: "sim/tape", standsOn: EVERY_SHARED, vendors: [], node: true },
  {
    name: "sim/sierra",
    folder: "sim/sierra",
    standsOn: [...EVERY_SHARED, "sim/tape"],
    vendors: [],
    node: true,
  },
];

export const rooms: readonly Room[] = [...sharedRooms, ...PACKAGES];

/** What `shared` rooms never need to reach in the Worker: everything that knows how to trade. */
export const TRADING = ["trade", "strategy", "engine", "match", "risk", "exit", "indicator"];

/** Packages with one door each: only files under that path may import them. */
export const VENDOR_HOMES: Readonly<Record<string, string>> = {
  tweetnacl: "shared/src/base/nacl.ts",
  "@stoqey/ib": "agent-broker/src/providers/ib/",
  undici: "host/src/http/",
  pino: "host/src/log/",
  "smol-toml": "host/src/config/",
  chokidar: "host/src/tail/",
};

/** Folders that compose the whole: they may import every room, no room imports them. */
export const COMPOSERS = ["scripts", "test", "bench", "sim/world"];

/** Folders whose source files must all be seen by dependency-cruiser. */
export const CRUISED = [
  "shared",
  "host",
  "worker",
  "agent-broker",
  "agent-research",
  "pages",
  "verify",
  "sim",
  "scripts",
  "test",
  "bench",
];

/** The room that owns a file: the longest folder that contains it, or undefined. */
export function roomOf(file: string): Room | undefined {
  return rooms
    .filter((room) => file.startsWith(`${room.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}
