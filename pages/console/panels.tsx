import type { ConsoleState } from "@believe/shared/wire";
import { StatusMark } from "../ui/mark.tsx";
import { countText, lotsText, price } from "../ui/number.ts";
import { Panel } from "../ui/panel.tsx";
import { age, ctEvent } from "../ui/time.ts";
import { reasonWords } from "./reason-words.ts";

/** Everything that stops an entry now. */
export function EntriesPanel({ entries }: ConsoleState) {
  return (
    <Panel id="entries" category="strategy" title="What stops an entry">
      {entries.reasons.length === 0 ? (
        <p class="empty">Nothing. The next signal may become an order.</p>
      ) : (
        <ul class="rows">
          {entries.reasons.map((code) => (
            <li key={code}>
              <span>{reasonWords(code)}</span>
              <code>{code}</code>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Every watchdog, barking or not, in its own fixed place. */
export function WatchdogsPanel({ watchdogs, atUs }: ConsoleState) {
  const barking = watchdogs.filter((dog) => dog.barking).length;
  return (
    <Panel
      id="watchdogs"
      category="core"
      title="Watchdogs"
      aside={`${barking} of ${watchdogs.length} bark`}
    >
      <ul class="rows">
        {watchdogs.map(({ name, severity, barking: barks, sinceUs }) => (
          <li key={name} class={barks ? `dog-${severity}` : ""}>
            <span>
              {barks ? <StatusMark kind={severity === "critical" ? "bad" : "warn"} /> : null}
              {barks ? " " : ""}
              {name.replaceAll("-", " ")}
            </span>
            <span class="faint">
              {barks && sinceUs !== null ? `${severity}, for ${age(atUs - sinceUs)}` : "quiet"}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const VERDICTS = {
  match: "Our book is the venue's.",
  mismatch: "Our book is not the venue's.",
  "unknown-left": "The positions agree; an order is still in doubt.",
} as const;

/** The last time our book was held against the venue's. */
export function ReconciliationPanel({ reconciliation, venue }: ConsoleState) {
  return (
    <Panel
      id="reconciliation"
      category="core"
      title={`Our book and ${venue.name}`}
      aside={reconciliation === null ? "not compared yet" : `${ctEvent(reconciliation.atUs)} CT`}
    >
      {reconciliation === null ? (
        <p class="empty">Compared at every connection to a venue that keeps positions.</p>
      ) : (
        <>
          <p class={`verdict verdict-${reconciliation.verdict}`}>
            {reconciliation.verdict === "mismatch" ? <StatusMark kind="bad" /> : null}{" "}
            {VERDICTS[reconciliation.verdict]}
          </p>
          <ul class="rows">
            {reconciliation.positions.map(({ symbol, ours, theirs }) => (
              <li key={symbol} class={ours === theirs ? "" : "dog-critical"}>
                <span>{symbol}</span>
                <span>
                  ours {lotsText(ours)}, theirs {lotsText(theirs)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

/** What was written down, and how much of it still waits to leave this machine. */
export function JournalPanel({ journal, feed, atUs }: ConsoleState) {
  return (
    <Panel id="journal" category="data" title="Journal and feed">
      <ul class="rows">
        <li>
          <span>Lines on the disk</span>
          <span>
            {countText(journal.durable)} of {countText(journal.records)}
          </span>
        </li>
        <li>
          <span>Leaves that wait to leave</span>
          <span>
            {countText(journal.queued)} of {countText(journal.leaves)}
          </span>
        </li>
        <li>
          <span>Last row of the feed</span>
          <span>
            {feed.lastRowAtUs === null ? "none yet" : `${age(atUs - feed.lastRowAtUs)} ago`}
            {feed.fresh ? "" : ", not fresh"}
          </span>
        </li>
      </ul>
    </Panel>
  );
}

/** The newest fills, newest first. */
export function FillsPanel({ fills }: ConsoleState) {
  return (
    <Panel id="fills" category="trade" title="Fills" aside="newest first">
      {fills.length === 0 ? (
        <p class="empty">None yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              {["Time CT", "Side", "Lots", "Price", "Why", "Journal line"].map((head) => (
                <th key={head} scope="col" class={/Lots|Price|line/.test(head) ? "number" : ""}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fills.map((fill) => (
              <tr key={fill.seq}>
                <td>{ctEvent(fill.atUs)}</td>
                <td>{fill.side === "buy" ? "Buy" : "Sell"}</td>
                <td class="number">{fill.qty}</td>
                <td class="number">{price(fill.price)}</td>
                <td>
                  {fill.role}, {fill.reason.replaceAll("-", " ")}
                </td>
                <td class="number faint">#{fill.seq}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
