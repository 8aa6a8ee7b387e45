import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/paths.ts";
import { forbidden } from "./boundaries.ts";
import { withDiagram } from "./diagram.ts";
import { roomOf, rooms } from "./rooms.ts";
import { type Tree, violationsOf } from "./skeleton.ts";

/** One planted file for each rule that is not about a pair of rooms; the rule must name that file. */
const PLANTS: readonly { readonly rule: string; readonly at: string; readonly files: Tree }[] = [
  ...rooms.map((room) => ({
    rule: `${room.name.replaceAll("/", "-")}-takes-only-its-own-packages`,
    at: `${room.folder}/vendor.ts`,
    files: { [`${room.folder}/vendor.ts`]: 'import "left-pad";\n' },
  })),
  ...rooms
    .filter((room) => !room.node)
    .map((room) => ({
      rule: `${room.name.replaceAll("/", "-")}-never-touches-node`,
      at: `${room.folder}/disk.ts`,
      files: { [`${room.folder}/disk.ts`]: 'import "node:fs";\n' },
    })),
  ...["shared", "host", "worker", "agent-broker", "agent-research", "pages", "verify", "sim"].map(
    (folder) => ({
      rule: `tests-of-${folder}-stay-with-their-package`,
      at: `${folder}/src/stray.test.ts`,
      files: {
        [`${folder}/src/stray.test.ts`]:
          folder === "agent-broker"
            ? 'import "../../agent-research/index.ts";\n'
            : 'import "../../agent-broker/index.ts";\n',
      },
    }),
  ),
  plant(
    "only-shared-src-base-nacl.ts-imports-tweetnacl",
    "shared/src/base/other.ts",
    'import "tweetnacl";\n',
  ),
  plant(
    "only-agent-broker-src-providers-ib-imports-stoqey-ib",
    "agent-broker/src/order.ts",
    'import "@stoqey/ib";\n',
  ),
  plant("only-host-src-http-imports-undici", "host/src/push/fetch.ts", 'import "undici";\n'),
  plant("only-host-src-log-imports-pino", "host/src/wal/noise.ts", 'import "pino";\n'),
  plant("only-host-src-config-imports-smol-toml", "host/src/keys/toml.ts", 'import "smol-toml";\n'),
  plant("only-host-src-tail-imports-chokidar", "host/src/spool/watch.ts", 'import "chokidar";\n'),
  {
    rule: "worker-never-reaches-a-broker",
    at: "worker/src/route.ts",
    files: {
      "worker/src/route.ts": 'import "../../pages/dashboard/view.ts";\n',
      "pages/dashboard/view.ts":
        'import type { here } from "@believe/shared/trade";\nexport type V = typeof here;\n',
    },
  },
  plant(
    "nothing-imports-scripts-test-or-bench",
    "host/src/lazy.ts",
    'import "../../scripts/ground.ts";\n',
  ),
  {
    rule: "nothing-imports-a-main",
    at: "agent-broker/src/loop.ts",
    files: {
      "agent-broker/src/main.ts": "export {};\n",
      "agent-broker/src/loop.ts": 'import "./main.ts";\n',
    },
  },
  {
    rule: "only-main-or-the-registry-takes-a-provider",
    at: "agent-broker/src/bridge.ts",
    files: {
      "agent-broker/src/providers/paper/index.ts": "export {};\n",
      "agent-broker/src/bridge.ts": 'import "./providers/paper/index.ts";\n',
    },
  },
  {
    rule: "providers-do-not-know-each-other",
    at: "agent-broker/src/providers/one/index.ts",
    files: {
      "agent-broker/src/providers/one/index.ts": 'import "../two/index.ts";\n',
      "agent-broker/src/providers/two/index.ts": "export {};\n",
    },
  },
  {
    rule: "source-never-imports-a-test",
    at: "host/src/eager.ts",
    files: { "host/src/eager.ts": 'import "./x.test.ts";\n', "host/src/x.test.ts": "export {};\n" },
  },
  {
    rule: "imports-never-go-round",
    at: "host/src/left.ts",
    files: {
      "host/src/left.ts": 'import { b } from "./right.ts";\nexport const a = () => b;\n',
      "host/src/right.ts": 'import { a } from "./left.ts";\nexport const b = () => a;\n',
    },
  },
  plant("every-import-resolves", "host/src/lost.ts", 'import "./nowhere.ts";\n'),
];

function plant(rule: string, at: string, text: string) {
  return { rule, at, files: { [at]: text } };
}

/** Every pair of rooms where the first may not import the second. */
const EDGES = rooms.flatMap((from) =>
  rooms
    .filter((to) => to !== from && !from.standsOn.includes(to.name))
    .map((to) => ({ from, to, at: `${from.folder}/plant-${to.name.replaceAll("/", "-")}.ts` })),
);

function relative(from: string, to: string): string {
  return `${"../".repeat(from.split("/").length - 1)}${to}`;
}

describe("the room map", () => {
  it("finds nothing on a tree that only does what it may", async () => {
    const files = Object.fromEntries(
      rooms.flatMap((from) =>
        rooms
          .filter((to) => from.standsOn.includes(to.name))
          .map((to) => {
            const at = `${from.folder}/use-${to.name.replaceAll("/", "-")}.ts`;
            return [at, `import "${relative(at, to.folder)}/index.ts";\n`];
          }),
      ),
    );
    expect(await violationsOf(files)).toEqual([]);
  }, 20_000);

  it("catches every import between two rooms that the map does not allow", async () => {
    const files = Object.fromEntries(
      EDGES.map(({ at, to }) => [
        at,
        `import type {} from "${relative(at, to.folder)}/index.ts";\n`,
      ]),
    );
    const found = await violationsOf(files);
    const caught = new Set(
      found.filter(({ rule }) => rule.name.includes("-stands-only-on-")).map(({ from }) => from),
    );
    expect(EDGES.filter(({ at }) => !caught.has(at)).map(({ at }) => at)).toEqual([]);
    expect(EDGES.length).toBeGreaterThan(150);
  }, 20_000);

  it("names each planted file under its rule, and every rule has one", async () => {
    const found = await violationsOf(Object.assign({}, ...PLANTS.map(({ files }) => files)));
    const missed = PLANTS.filter(
      ({ rule, at }) =>
        !found.some((violation) => violation.rule.name === rule && violation.from === at),
    );
    expect(missed.map(({ rule }) => rule)).toEqual([]);
    const proved = new Set(PLANTS.map(({ rule }) => rule));
    const unproved = forbidden.flatMap(({ name = "" }) =>
      proved.has(name) || name.includes("-stands-only-on-") ? [] : [name],
    );
    expect(unproved).toEqual([]);
  }, 20_000);

  it("lets types go round, since they are gone when the code runs", async () => {
    const found = await violationsOf({
      "host/src/left.ts": 'import type { B } from "./right.ts";\nexport type A = B | 1;\n',
      "host/src/right.ts": 'import type { A } from "./left.ts";\nexport type B = A | 2;\n',
    });
    expect(found).toEqual([]);
  }, 20_000);

  it("has names and folders that occur once, and stands only on rooms that exist", () => {
    const names = rooms.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(rooms.map(({ folder }) => folder)).size).toBe(names.length);
    for (const room of rooms) {
      expect(
        room.standsOn.filter((name) => !names.includes(name)),
        room.name,
      ).toEqual([]);
    }
    expect(roomOf("shared/src/wire/log/note.ts")?.name).toBe("shared/wire/log");
    expect(roomOf("shared/src/wire/record.ts")?.name).toBe("shared/wire");
  });

  it("is the one that ARCHITECTURE.md draws", () => {
    const document = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");
    expect(withDiagram(document), "run node scripts/diagram.ts").toBe(document);
  });
});
