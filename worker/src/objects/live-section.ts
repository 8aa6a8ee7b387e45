import { type Alarm, alarm, liveFill, liveSnapshot } from "@believe/shared/wire";
import { z } from "zod";

const heldNote = z.strictObject({ n: z.int(), note: z.string() });
const heldStatus = heldNote.extend({ lapsesAtUs: z.int() });

/** Every line below this number was opened; a late copy of one is ignored. */
const openedBelow = z.int();

/** Journal lines that came ahead of their leaf, by number: only what is needed to compare them later. */
const pending = z.strictObject({
  openedBelow,
  lines: z.array(z.strictObject({ seq: z.int(), commitment: z.string() })),
});

/** Rows written before lines were kept by their commitment: their leaf alone speaks for those lines. */
const pendingByHash = z
  .strictObject({
    openedBelow,
    lines: z.array(z.strictObject({ seq: z.int(), hash: z.string() })),
  })
  .transform(({ openedBelow }) => ({ openedBelow, lines: [] }));

/** A row from before unopened leaves were counted names no hours: the next commit brings them. */
const { unopenedHours } = liveSnapshot.shape.log.shape;
const log = liveSnapshot.shape.log.extend({ unopenedHours: unopenedHours.default([]) });

/** What the live object holds, one row each. `pending` and `copy` are private, the rest is the public state. */
export const sectionSchemas = {
  broker: heldStatus.nullable(),
  research: heldStatus.nullable(),
  figures: heldNote.nullable(),
  log,
  fills: z.array(liveFill),
  alarms: z.array(alarm),
  pending: z.union([pending, pendingByHash]),
  copy: z.strictObject({ n: z.int(), atUs: z.int() }),
  witnessing: liveSnapshot.shape.witnessing,
} as const;

export type SectionName = keyof typeof sectionSchemas;
export type Sections = { [Name in SectionName]: z.infer<(typeof sectionSchemas)[Name]> };
export type Pending = z.infer<typeof pending>;

export const SECTION_NAMES = [
  "broker",
  "research",
  "figures",
  "log",
  "fills",
  "alarms",
  "pending",
  "copy",
  "witnessing",
] as const satisfies readonly SectionName[];

export const emptySections: Sections = {
  broker: null,
  research: null,
  figures: null,
  log: { size: 0, root: null, minute: null, opened: 0, unopenedHours: [] },
  fills: [],
  alarms: [],
  pending: { openedBelow: 0, lines: [] },
  copy: { n: 0, atUs: 0 },
  witnessing: null,
};

/** Alarms that stay: two places are kept for the leases, and the first evidence is worth more than the latest. */
const EVIDENCE_MAX = 18;

/** Adds a lasting alarm once; the same trouble again changes nothing. */
export function withEvidence(alarms: readonly Alarm[], added: readonly Alarm[]): Alarm[] {
  const out = [...alarms];
  for (const one of added) {
    const known = out.some((old) => old.kind === one.kind && old.detail === one.detail);
    const evidence = out.filter((old) => old.kind !== "lease-broken").length;
    if (!known && evidence < EVIDENCE_MAX) out.push(one);
  }
  return out;
}
