import { posix } from "node:path";
import type { Rule, Source } from "./source.ts";

const CHANGELOG_COLUMNS = 100;
const DECISION_LINES_MAX = 60;
const DECISION_PARTS = ["Status", "Problem", "Decision", "Alternatives", "Consequences"];

export const changelogWidth: Rule = (file) =>
  file.path !== "CHANGELOG.md"
    ? []
    : file.lines.flatMap((line, index) =>
        line.length > CHANGELOG_COLUMNS
          ? [`${file.path}:${index + 1}: ${line.length} columns: say it shorter`]
          : [],
      );

export const decisionShape: Rule = (file) => {
  if (!/^docs\/decisions\/.*\.md$/.test(file.path)) return [];
  const missing = DECISION_PARTS.filter((part) => !file.text.includes(`\n## ${part}\n`));
  return [
    ...missing.map((part) => `${file.path}: no part "${part}": add it`),
    ...(file.lines.length > DECISION_LINES_MAX
      ? [`${file.path}: ${file.lines.length} lines: one decision, ≤ 60`]
      : []),
  ];
};

/** Relative links in Markdown that lead nowhere. */
export function brokenLinks(files: readonly Source[], exists: (path: string) => boolean): string[] {
  return files
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap((file) =>
      [...file.text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
        if (/^([a-z]+:|#)/.test(target)) return [];
        const path = posix.join(posix.dirname(file.path), target.replace(/#.*$/, ""));
        return exists(path) ? [] : [`${file.path}: ${target} leads nowhere: mend the link`];
      }),
    );
}

/** The commands that the README tells a stranger to run for the tests. */
export function testCommandOf(readme: string): string | undefined {
  return /^(npm ci && npm test)$/m.exec(readme)?.[1];
}

/** The last command of .ci/run: what it runs, nothing beside it. */
export function ciCommandOf(script: string): string | undefined {
  const commands = script.split("\n").filter((line) => !/^(#|\s*$|set |cd |echo )/.test(line));
  return commands.length === 1 ? commands[0] : undefined;
}

/** Actions of a workflow that are not pinned by a commit, with the version as a comment. */
export const actionPins: Rule = (file) =>
  file.path.startsWith(".github/workflows/")
    ? file.lines.flatMap((line, index) =>
        /\buses:/.test(line) && !/uses: [\w/.-]+@[0-9a-f]{40} # v\d/.test(line)
          ? [`${file.path}:${index + 1}: pin the action by its commit, its version as a comment`]
          : [],
      )
    : [];

/** Paths in backticks, from a top-level folder on, that are not in the repository. */
export function missingPaths(file: Source, exists: (path: string) => boolean): string[] {
  const roots =
    /^(shared|host|worker|agent-broker|agent-research|pages|sim|scripts|test|bench|docs)\//;
  return [...file.text.matchAll(/`([\w./-]+)`/g)]
    .map(([, path = ""]) => path)
    .filter((path) => roots.test(path) && !exists(path))
    .map((path) => `${file.path}: ${path} is not there: name what is`);
}
