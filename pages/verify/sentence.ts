import { counted, countText } from "../ui/number.ts";
import { ctDate, ctMinute } from "../ui/time.ts";
import type { Facts, Finding, FindingCode, Sums } from "./protocol.ts";
import type { VerifyView } from "./view.ts";

/** The finding that is said first: a false key or signature makes every later difference unsurprising. */
const WORST: readonly FindingCode[] = [
  "signature",
  "key",
  "smaller",
  "fork",
  "rewritten",
  "witness",
  "root",
  "entry",
  "tile",
  "line",
  "closed",
  "missing",
  "overdue",
];

export function worstFinding(findings: readonly Finding[]): Finding | null {
  for (const code of WORST) {
    const found = findings.find((finding) => finding.code === code);
    if (found !== undefined) return found;
  }
  return null;
}

const countOf = (view: VerifyView, code: FindingCode) =>
  view.findings.filter((finding) => finding.code === code).length;

function badSentence(view: VerifyView, finding: Finding): string {
  const count = countOf(view, finding.code);
  switch (finding.code) {
    case "signature":
      return "The newest checkpoint is not signed by the journal's key.";
    case "key":
      return "This page brings another key than at your first visit.";
    case "smaller":
      return "The log is smaller than what this browser saw before.";
    case "rewritten":
      return "The log was rewritten since this browser saw it.";
    case "fork":
      return finding.place === "state"
        ? "The log is frozen: its key signed two histories."
        : "The log was forked, and nobody said which history goes on.";
    case "witness":
      return "A witness's line under the checkpoint is false.";
    case "root":
      return "The entries do not add up to the root that was signed.";
    case "entry":
      return "One leaf is not what was signed.";
    case "tile":
      return "One stored hash is not the sum of its leaves.";
    case "line":
      return count === 1
        ? "One minute is not what was signed."
        : `${countText(count)} minutes are not what was signed.`;
    case "closed":
      return "A paper account keeps a record closed and does not say why.";
    case "overdue":
      return count === 1
        ? "One day is overdue: it had to be opened and was not."
        : `${countText(count)} days are overdue: they had to be opened and were not.`;
    case "missing":
      if (finding.place === "checkpoint") return "There is no record to check yet.";
      return count === 1
        ? "One minute is signed and was not opened."
        : `${countText(count)} minutes are signed and were not opened.`;
  }
}

const noLeaf = (missing: number) =>
  `${counted(missing, "minute")} ${missing === 1 ? "has" : "have"} no leaf`;

/** The page's one sentence: what is true of the check at this moment. */
export function pageSentence(view: VerifyView, facts: Facts): string {
  const journal = `the ${facts.kind} journal`;
  switch (view.phase) {
    case "idle":
      return "Nothing is checked yet. Do not take our word for it.";
    case "unable":
      return "This browser cannot check the record.";
    case "running":
      return `Your browser is checking ${journal}.`;
    case "stopped":
      return "The check was stopped before its end. Nothing is decided.";
    case "offline":
      return "The log cannot be reached. The check has no result.";
    case "good": {
      const missing = view.sums?.missing ?? 0;
      return `The ${facts.kind} journal adds up${missing > 0 ? `; ${noLeaf(missing)}` : ""}.`;
    }
    case "bad": {
      const finding = worstFinding(view.findings);
      return finding === null ? "The check found a difference." : badSentence(view, finding);
    }
  }
}

const MEANS: Readonly<Record<FindingCode, readonly [string, string]>> = {
  signature: [
    "What is served as the newest checkpoint was changed, or another key signed it.",
    "That earlier checkpoints are false. Nothing after this step was believed.",
  ],
  key: [
    "The journal's key was replaced, or this page is not the operator's. Ask for the reason in a place that is not this page.",
    "That the lines were changed. A key may be retired; then the log says so at a size.",
  ],
  smaller: [
    "Leaves that this browser saw signed are gone, or an old copy is served.",
    "That the lines in what is left were changed.",
  ],
  rewritten: [
    "The agent's key signed two histories. That can't happen by accident.",
    "Which of the two is true. Keep this page: it is evidence.",
  ],
  fork: [
    "The agent's key signed two histories, and the log is frozen until its operator says which one goes on, or what is kept of a fork is false.",
    "Which of the two is true. Keep this page: it is evidence.",
  ],
  witness: [
    "The line of a witness was damaged or forged.",
    "That the journal is false: the agent's own signature was checked by itself.",
  ],
  root: [
    "An entry, or the root, is not the one that was signed.",
    "Which of them. The lines were not looked at, because no leaf can be trusted.",
  ],
  entry: [
    "Someone changed this leaf after it was signed, or the copy was damaged on the way. It does not tell which.",
    "That the original is lost: a mirror may still hold the bytes that match.",
  ],
  tile: [
    "A tool that trusts this stored hash would be led astray. The entries themselves add up to the signed root.",
    "That any line was changed.",
  ],
  line: [
    "Someone changed the lines of this minute after they were signed, or the copy was damaged on the way. It does not tell which.",
    "That the original is lost. The signed tree itself is intact, and so is every other minute that is green.",
  ],
  closed: [
    "A paper account opens every record. This one is only a commitment, and no opened redaction names it.",
    "That the record is false. Nobody outside can know what it says.",
  ],
  overdue: [
    "A live account opens each trade date at 17:30 CT of the next one. A day later this one was still closed.",
    "That the day was a bad one. It means that nobody outside can know.",
  ],
  missing: [
    "The minute was signed and its lines are withheld.",
    "That the lines are bad ones. It means that nobody outside can know.",
  ],
};

/** What a finding means, and what it does not. */
export function meaningOf(code: FindingCode): { readonly means: string; readonly not: string } {
  const [means, not] = MEANS[code];
  return { means, not };
}

/** The title of a finding in the list: its place with a capital. */
export function placeTitle({ place }: Finding): string {
  return place.charAt(0).toUpperCase() + place.slice(1);
}

export interface BoxWords {
  readonly title: string;
  readonly scope: string;
}

function leavesText({ openedLeaves, size }: Sums): string {
  return openedLeaves === size
    ? counted(size, "leaf", "leaves")
    : `${countText(openedLeaves)} of ${counted(size, "leaf", "leaves")}`;
}

/** Who witnesses the record; the operator's own machines are never called more than that. */
export function witnessText({ witnesses, needed }: Facts): string {
  const all = witnesses.length;
  const outside = witnesses.filter(({ own }) => !own).length;
  const machines = counted(all, "machine");
  const who = needed === all ? machines : `any ${needed} of ${machines}`;
  if (all === 0) return "Nobody witnesses it.";
  return outside === 0
    ? `Witnessed by ${who} of the operator only.`
    : `Witnessed by ${who}, ${outside} of them outside the operator’s hands.`;
}

function goodScope(view: VerifyView, facts: Facts): BoxWords {
  const { sums } = view;
  if (sums === null) return { title: "", scope: "" };
  const closed = sums.closed > 0 ? ` ${counted(sums.closed, "line")} stay closed by choice.` : "";
  const waiting =
    sums.unopened > 0
      ? ` The last ${counted(sums.unopened, "leaf", "leaves")} wait to be opened.`
      : "";
  const missing = sums.missing === 0 ? "No minute is missing." : `${noLeaf(sums.missing)}.`;
  const range =
    sums.fromUs === null || sums.toUs === null
      ? ""
      : `From ${ctDate(sums.fromUs)} ${ctMinute(sums.fromUs)} to ${ctDate(sums.toUs)} ${ctMinute(sums.toUs)} CT. `;
  const witness =
    sums.cosigned === 0 || sums.cosigned < facts.needed
      ? " Its newest checkpoint is not witnessed yet: one party could still show two logs."
      : ` ${witnessText(facts)}`;
  return {
    title: `${counted(sums.lines, "line")} in ${leavesText(sums)} match.`,
    scope: `${range}${missing}${closed}${waiting}${witness} Account: ${facts.account}.`,
  };
}

/** What stands in the result box: the verdict's scope in numbers, or the next step. */
export function boxWords(view: VerifyView, facts: Facts): BoxWords {
  const { done, total } = view.progress;
  switch (view.phase) {
    case "idle":
      return {
        title: "The whole record, in this browser.",
        scope: "It fetches the public log, recomputes every hash and names what does not add up.",
      };
    case "unable":
      return {
        title: "Ed25519, gzip or Web Workers are missing here.",
        scope: "Use a newer browser over https, or one of the commands on this page.",
      };
    case "running":
      return {
        title:
          total === 0 ? "Reading the log" : `${Math.floor((100 * done) / total)} % of the leaves`,
        scope:
          total === 0 ? "The checkpoint comes first." : `${countText(done)} of ${countText(total)}`,
      };
    case "stopped":
      return {
        title: "Stopped.",
        scope: "What is green below was recomputed; the rest was not looked at.",
      };
    case "offline":
      return {
        title: "No answer from the edge.",
        scope: `${view.lost}. Nothing is said about the record.`,
      };
    case "good":
      return goodScope(view, facts);
    case "bad": {
      const finding = worstFinding(view.findings);
      const more = view.findings.length - 1;
      const others = more > 0 ? ` ${counted(more, "more finding")} below.` : "";
      return finding === null
        ? { title: "", scope: "" }
        : { title: placeTitle(finding), scope: `${finding.said.replace(/\.?$/, ".")}${others}` };
    }
  }
}
