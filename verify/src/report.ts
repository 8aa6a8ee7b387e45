import {
  type CheckedCheckpoint,
  type EntryProofReport,
  fingerprintOf,
  type KnownKeys,
  type LogReport,
} from "@believe/shared/wire/log";
import type { Trust } from "./trust.ts";

const FROM: Readonly<Record<Trust["from"], string>> = {
  "keys file": "the keys file",
  pins: "pinned at an earlier visit",
  "first visit": "shown by the server itself, believed by nobody yet",
};

function row(name: string, text: string): string {
  return `${name.padEnd(11)} ${text}`;
}

/** A machine under the domain of the log is the operator's. */
function isOwn(name: string, origin: string): boolean {
  const [domain = ""] = origin.split("/");
  return name === domain || name.startsWith(`${domain}/`);
}

function timeOf(seconds: number): string {
  const millis = seconds * 1000;
  return Math.abs(millis) > 8e15 ? `second ${seconds}` : new Date(millis).toISOString();
}

function witnessRows({ checkpoint, cosignatures, missing, unknown }: CheckedCheckpoint): string[] {
  const whose = (name: string) =>
    isOwn(name, checkpoint.origin) ? "a machine of the operator" : "outside the operator's hands";
  const rows = [
    ...cosignatures.map(({ name, timestampSeconds }) =>
      row("witness", `${name} at ${timeOf(timestampSeconds)}, ${whose(name)}`),
    ),
    ...missing.map((name) =>
      row("witness", `${name} has not cosigned this checkpoint, ${whose(name)}`),
    ),
    ...unknown.map((name) => row("ignored", `a signature by ${name}, whose key is not known here`)),
  ];
  if (cosignatures.length === 0) rows.push(row("witness", "nobody whose key is known"));
  else if (cosignatures.every(({ name }) => isOwn(name, checkpoint.origin))) {
    rows.push(row("", "witnessed by machines of the operator only"));
  }
  return rows;
}

function minuteRows({ rebuilt: { order } }: LogReport): string[] {
  const { leaves, gaps, cuts } = order;
  const [first, last] = [leaves[0], leaves.at(-1)];
  if (first === undefined || last === undefined) return [row("minutes", "none")];
  const missing = gaps.reduce((sum, gap) => sum + gap.minutes, 0);
  const shown = gaps
    .slice(-10)
    .map((gap) =>
      row(
        "gap",
        `${gap.minutes} minutes without a leaf after leaf ${gap.leaf}: ${gap.after} to ${gap.before}`,
      ),
    );
  return [
    row("minutes", `${first.minute} to ${last.minute}, ${cuts} cut by a stop`),
    row(
      "gaps",
      `${gaps.length}, ${missing} minutes in all${gaps.length > 10 ? ", the last ten:" : ""}`,
    ),
    ...shown,
  ];
}

function openedRows({ opened }: LogReport, leaves: number): string[] {
  const streams = [...opened.streams].map(([name, count]) => `${name} ${count}`).join(", ");
  return [
    row(
      "opened",
      `${opened.leaves} of ${leaves} leaves, ${opened.days} days, ${opened.records} records`,
    ),
    ...(streams === "" ? [] : [row("", streams)]),
    ...closedRows(opened),
  ];
}

function keyChangeRows({ keyChanges }: LogReport): string[] {
  const id = (vkey: string): string => vkey.split("+")[1] ?? "";
  return keyChanges.map(({ size, oldVkey, newVkey }) =>
    row(
      "key",
      `key changed at size ${size}: ${id(oldVkey)} gave way to ${id(newVkey)}, both signed it`,
    ),
  );
}

function forkRows({ forks }: LogReport): string[] {
  return forks.flatMap(({ size, unfreeze, isChecked }) => [
    row("fork", `a second history of ${size} leaves was signed; void since the log was unfrozen`),
    row("", `at size ${unfreeze.size} by its operator: ${unfreeze.reason}`),
    ...(isChecked
      ? []
      : [row("", "the operator's key is not known here: its word is not checked")]),
  ]);
}

const CLOSED_DAYS = 10;

function closedRows({ account, closed, closedOn, redactions }: LogReport["opened"]): string[] {
  const days = [...closedOn];
  const more = days.length > CLOSED_DAYS ? ", the last ten days:" : "";
  return [
    row("account", account ?? "not known: the genesis record is not opened; held to be live"),
    row(
      "closed",
      `${closed} records of opened leaves stay commitments, ${redactions} named by redactions${more}`,
    ),
    ...days.slice(-CLOSED_DAYS).map(([day, count]) => row("", `${count} on ${day}`)),
  ];
}

/** Every known key as a person compares it. */
export function keyRows({ notes, witnesses }: KnownKeys): string[] {
  return [
    ...notes.map((key) => row("log key", fingerprintOf(key))),
    ...witnesses.map((key) => row("witness key", fingerprintOf(key))),
  ];
}

/** The key that was believed to begin with: what a change brought is believed for its signatures. */
function knownKeyOf({ signed, keyChanges, inForce }: LogReport, { keys }: Trust): string {
  const { origin } = signed.checkpoint;
  const own = keys.notes.filter(({ name }) => name === origin).map(({ vkey }) => vkey);
  const first = keyChanges.find(({ oldVkey }) => own.includes(oldVkey));
  return first?.oldVkey ?? inForce;
}

/** What held, what was checked, what no log can prove; the last line begins with OK. */
export function logRows(report: LogReport, trust: Trust): string[] {
  const { signed, rebuilt, opened, root } = report;
  const { origin, size } = signed.checkpoint;
  const grown =
    report.grownFrom === null
      ? "not compared with an earlier visit"
      : `goes on from the ${report.grownFrom} leaves seen before`;
  return [
    row("log", origin),
    row("key", `${FROM[trust.from]}: ${knownKeyOf(report, trust)}`),
    ...keyChangeRows(report),
    row("tip", `${size} leaves, root ${root}`),
    ...witnessRows(signed),
    ...forkRows(report),
    ...minuteRows(report),
    ...openedRows(report, size),
    row("checked", "the log's signature and the cosignature of every known witness"),
    row("", `the root, rebuilt from ${size} entries; ${rebuilt.tiles} hash tiles against it`),
    row("", "the order of the minutes; every opened line, its salt and number; the day files"),
    row("", `${grown}${report.stateChecked ? "; the mirror's own summary" : ""}`),
    row(
      "not checked",
      `${size - opened.leaves} leaves that are not opened say only that they exist`,
    ),
    row("", "that the record is complete: a log proves what is in it, not what never was"),
    row("", "that a fill happened at a venue; who owns a witness, beyond its name"),
    `OK ${size} leaves, ${opened.records} records, root ${root}`,
  ];
}

/** What a proof file showed. */
export function proofRows({ record, line, leaf, signed }: EntryProofReport): string[] {
  const { origin, size } = signed.checkpoint;
  return [
    row("record", line),
    row("leaf", `${leaf.index}, minute ${leaf.minute}, ${leaf.closed}`),
    row("log", `${origin}, ${size} leaves, key ${signed.vkey}`),
    ...witnessRows(signed),
    row(
      "checked",
      "line, commitment, minute, salt, leaf, path to the root, signatures; no network was asked",
    ),
    row("not checked", "the rest of the log, and whether it went on from here"),
    `OK record ${record.seq} in leaf ${leaf.index} of ${size} leaves of ${origin}`,
  ];
}
