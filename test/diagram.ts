import { type Room, rooms } from "./rooms.ts";

const BEGIN = "<!-- rooms: generated from test/rooms.ts by scripts/diagram.ts -->";
const END = "<!-- end of rooms -->";

function reach(name: string, seen: Set<string> = new Set()): Set<string> {
  for (const next of rooms.find((room) => room.name === name)?.standsOn ?? []) {
    if (!seen.has(next)) reach(next, seen.add(next));
  }
  return seen;
}

/** The arrows worth drawing: those that do not follow from the others. */
function arrows(room: Room): string[] {
  return room.standsOn.filter(
    (target) => !room.standsOn.some((other) => other !== target && reach(other).has(target)),
  );
}

function id(name: string): string {
  return name.replaceAll(/[^a-z]/g, "_");
}

/** The room map as a mermaid flowchart: an arrow means "may import", indirect arrows are left out. */
export function diagram(): string {
  const lines = ["flowchart TD", "  subgraph shared"];
  for (const room of rooms.filter(({ name }) => name.startsWith("shared/"))) {
    lines.push(`    ${id(room.name)}["${room.name.slice("shared/".length)}"]`);
  }
  lines.push("  end");
  for (const room of rooms.filter(({ name }) => !name.startsWith("shared/"))) {
    lines.push(`  ${id(room.name)}["${room.name}"]`);
  }
  for (const room of rooms) {
    for (const target of arrows(room)) lines.push(`  ${id(room.name)} --> ${id(target)}`);
  }
  return ["```mermaid", ...lines, "```"].join("\n");
}

/** Puts the diagram between its two markers; throws when a document has no such place. */
export function withDiagram(document: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`expected the markers ${BEGIN} and ${END}, found none`);
  return `${document.slice(0, begin + BEGIN.length)}\n${diagram()}\n${document.slice(end)}`;
}
