import type { ICruiseOptions, IForbiddenRuleType } from "dependency-cruiser";
import { COMPOSERS, type Room, rooms, TRADING, VENDOR_HOMES } from "./rooms.ts";

const TESTS = "(\\.(test|contract)\\.tsx?$|/(test|fixtures)/)";
const PACKAGES = "node_modules/";
const PROVIDERS = "^agent-broker/src/providers/";

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Matches the files of one room and not those of a room nested in it. */
export function folderPattern(room: Room): string {
  const nested = rooms
    .filter((other) => other.folder.startsWith(`${room.folder}/`))
    .map((other) => `(?!${escaped(other.folder.slice(room.folder.length + 1))}/)`);
  return `^${escaped(room.folder)}/${nested.join("")}`;
}

function packagePattern(names: readonly string[]): string {
  return `${PACKAGES}(@types/)?(${names.map(escaped).join("|")})/`;
}

function slug(room: Room): string {
  return room.name.replaceAll("/", "-");
}

function standsOn(room: Room): IForbiddenRuleType {
  const allowed = rooms.filter((other) => other === room || room.standsOn.includes(other.name));
  const names = room.standsOn.map((name) => name.split("/").slice(-1)[0]);
  return {
    name: `${slug(room)}-stands-only-on-${names.length > 6 ? "the-rooms-it-names" : names.join("-") || "itself"}`,
    severity: "error",
    from: { path: folderPattern(room), pathNot: TESTS },
    to: {
      pathNot: [...allowed.map(folderPattern), PACKAGES, "^cloudflare:"],
      dependencyTypesNot: ["core"],
      couldNotResolve: false,
    },
  };
}

function vendors(room: Room): IForbiddenRuleType {
  return {
    name: `${slug(room)}-takes-only-its-own-packages`,
    severity: "error",
    from: { path: folderPattern(room), pathNot: TESTS },
    to: {
      path: PACKAGES,
      ...(room.vendors.length > 0 && { pathNot: packagePattern(room.vendors) }),
    },
  };
}

function noNode(room: Room): IForbiddenRuleType {
  return {
    name: `${slug(room)}-never-touches-node`,
    severity: "error",
    from: { path: folderPattern(room), pathNot: TESTS },
    to: { dependencyTypes: ["core"] },
  };
}

/** A test may use, beyond its package and what that stands on, all of shared and the simulated outside world. */
function testsOf(topFolder: string): IForbiddenRuleType {
  const own = rooms.filter((room) => room.folder.startsWith(`${topFolder}`));
  const allowed = rooms.filter((room) => own.some((mine) => mine.standsOn.includes(room.name)));
  return {
    name: `tests-of-${topFolder}-stay-with-their-package`,
    severity: "error",
    from: { path: `^${topFolder}/.*${TESTS}` },
    to: {
      pathNot: [
        `^${topFolder}/`,
        "^(shared|sim)/",
        PACKAGES,
        "^cloudflare:",
        ...allowed.map(folderPattern),
      ],
      dependencyTypesNot: ["core"],
    },
  };
}

function oneDoor([vendor, home]: readonly [string, string]): IForbiddenRuleType {
  return {
    name: `only-${home.replace(/\/$/, "").replaceAll("/", "-")}-imports-${vendor.replace(/^@/, "").replaceAll("/", "-")}`,
    severity: "error",
    from: { pathNot: [`^${escaped(home)}`, TESTS, `^(${COMPOSERS.join("|")})/`] },
    to: { path: packagePattern([vendor]) },
  };
}

const WHOLE: readonly IForbiddenRuleType[] = [
  {
    name: "worker-never-reaches-a-broker",
    comment: "The Worker holds no trading code and no trading credential, however many hops away.",
    severity: "error",
    from: { path: "^worker/src/", pathNot: TESTS },
    to: {
      reachable: true,
      path: [
        "^(agent-broker|agent-research|host|sim)/",
        `^shared/src/(${TRADING.join("|")})/`,
        packagePattern(["@stoqey/ib", "tweetnacl"]),
      ],
    },
  },
  {
    name: "nothing-imports-scripts-test-or-bench",
    severity: "error",
    from: { pathNot: `^(${COMPOSERS.join("|")})/` },
    to: { path: `^(${COMPOSERS.join("|")})/` },
  },
  {
    name: "nothing-imports-a-main",
    comment: "main.ts composes; what it composes does not know it.",
    severity: "error",
    from: {},
    to: { path: "^(agent-broker/src|agent-research/src|verify/src|sim/[^/]+)/main\\.ts$" },
  },
  {
    name: "only-main-or-the-registry-takes-a-provider",
    severity: "error",
    from: {
      path: "^agent-broker/",
      pathNot: [PROVIDERS, "^agent-broker/src/main\\.ts$", TESTS],
    },
    to: { path: `${PROVIDERS}[^/]+/` },
  },
  {
    name: "providers-do-not-know-each-other",
    severity: "error",
    from: { path: `${PROVIDERS}([^/]+)/` },
    to: { path: `${PROVIDERS}[^/]+/`, pathNot: `${PROVIDERS}$1/` },
  },
  {
    name: "source-never-imports-a-test",
    severity: "error",
    from: { pathNot: [TESTS, `^(${COMPOSERS.join("|")})/`] },
    to: { path: TESTS, pathNot: PACKAGES },
  },
  {
    name: "imports-never-go-round",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "every-import-resolves",
    severity: "error",
    from: {},
    to: { couldNotResolve: true, pathNot: "^(cloudflare:|virtual:)" },
  },
];

const TESTED = [
  "shared",
  "host",
  "worker",
  "agent-broker",
  "agent-research",
  "pages",
  "verify",
  "sim",
];

/** Every import rule, each named as a sentence. */
export const forbidden: readonly IForbiddenRuleType[] = [
  ...rooms.map(standsOn),
  ...rooms.map(vendors),
  ...rooms.filter((room) => !room.node).map(noNode),
  ...TESTED.map(testsOf),
  ...Object.entries(VENDOR_HOMES).map(oneDoor),
  ...WHOLE,
];

export const cruiseOptions: ICruiseOptions = {
  doNotFollow: { path: ["node_modules"] },
  exclude: { path: ["(^|/)dist/", "\\.d\\.ts$"] },
  tsPreCompilationDeps: true,
  combinedDependencies: false,
  enhancedResolveOptions: {
    exportsFields: ["exports"],
    conditionNames: ["import", "types", "node", "workerd", "default"],
    extensions: [".ts", ".tsx", ".mjs", ".js", ".cjs", ".json"],
  },
};
