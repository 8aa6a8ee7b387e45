const ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&#39;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

/** What the Verify page at `origin` tells a visitor to type, one text for each box, exactly as it is printed. */
export async function printedCommands(origin: string): Promise<readonly string[]> {
  const html = await (await fetch(`${origin}/verify`)).text();
  return [...html.matchAll(/<pre class="code">(.*?)<\/pre>/gs)].map(([, box = ""]) =>
    box.replaceAll(/&(?:quot|#39|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity),
  );
}

/** The one box that has `words` in it. */
export function boxWith(boxes: readonly string[], words: string): string {
  const [box, ...more] = boxes.filter((text) => text.includes(words));
  if (box === undefined || more.length > 0) {
    throw new Error(`expected one box of commands with ${words}, was ${boxes.length} boxes`);
  }
  return box;
}
