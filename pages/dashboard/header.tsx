import type { Estate } from "@believe/shared/wire";
import { StatusMark, type StatusMarkKind } from "../ui/mark.tsx";
import { age, utcClock } from "../ui/time.ts";
import { Top } from "../ui/top.tsx";
import { conditionOf } from "./condition.ts";
import { readValue } from "./document.ts";
import { overdueCount } from "./sentence.ts";
import type { LiveView } from "./view.ts";

interface Pill {
  readonly kind: StatusMarkKind;
  readonly word: string;
  readonly detail: string;
}

function linkPill(view: LiveView): Pill {
  switch (view.link) {
    case "server":
      return { kind: "copy", word: "Copy", detail: `of ${utcClock(view.nowUs)} UTC` };
    case "polling":
      return { kind: "warn", word: "Polling", detail: "every 15 s" };
    case "offline":
      return { kind: "offline", word: "Offline", detail: "" };
    case "live": {
      const status = readValue(view.broker);
      const behind = status ? `status ${age(view.nowUs - status.atUs)} old` : "no status yet";
      return { kind: "live", word: "Live", detail: behind };
    }
  }
}

/** What the connection pill says: trouble of the agent or its feed before the state of our own link. */
export function pillOf(view: LiveView): Pill {
  const condition = conditionOf(view);
  switch (condition.kind) {
    case "not-what-was-signed":
    case "line-differs":
      return { kind: "bad", word: "Check failed", detail: "" };
    case "forked":
      return { kind: "bad", word: "Log frozen", detail: "" };
    case "overdue":
      return { kind: "bad", word: overdueCount(condition.days), detail: "" };
    case "unreadable":
      return { kind: "warn", word: "Unreadable", detail: condition.what };
    case "lease-broken":
      return { kind: "warn", word: "Agent silent", detail: age(condition.silentUs) };
    case "feed-stale":
      return { kind: "warn", word: "Feed stale", detail: age(condition.quietUs) };
    default:
      return linkPill(view);
  }
}

/** The top line: who this is, which account it is, and how fresh the page is. */
export function Header({ estate, view }: { estate: Estate; view: LiveView }) {
  const pill = pillOf(view);
  const status = readValue(view.broker);
  const kind = (status?.account.kind ?? estate.account.kind) === "paper" ? "Paper" : "Live account";
  const tape = status?.feed.seeded ? "seeded tape" : estate.account.name;
  return (
    <Top brand={estate.brand} here="live">
      <p class="pill pill-account">
        <b>{kind}</b> <span class="pill-detail">{tape}</span>
      </p>
      <p class={`pill pill-link pill-${pill.kind}`}>
        <StatusMark kind={pill.kind} />
        <b>{pill.word}</b> <span class="pill-detail">{pill.detail}</span>
      </p>
    </Top>
  );
}
