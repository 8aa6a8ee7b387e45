import { Money } from "../ui/money.tsx";
import { countText, money, price } from "../ui/number.ts";
import { Panel } from "../ui/panel.tsx";
import { ctEvent } from "../ui/time.ts";
import type { FillRow } from "./fill-rows.ts";
import { JournalLink } from "./journal-link.tsx";

const sideWord = (row: FillRow) => (row.body.side === "buy" ? "Buy" : "Sell");
const tradeName = (row: FillRow) => `Trade ${row.body.trade.replace(/^t(?:rade)?[-.:]?/i, "")}`;
const feeText = (row: FillRow) => money(row.body.fee === "0" ? "0" : `-${row.body.fee}`).text;

/** Why the fill happened, as words: its role, and the reason where that says more. */
function whyText({ body }: FillRow): string {
  const role = { entry: "Entry", stop: "Stop", exit: "Exit" }[body.role];
  const reason = body.reason.replaceAll("-", " ");
  if (reason.includes(body.role)) return reason.charAt(0).toUpperCase() + reason.slice(1);
  return reason === "filled" ? role : `${role}, ${reason}`;
}

function Row({ row }: { row: FillRow }) {
  return (
    <tr>
      <td>{ctEvent(row.body.atUs)}</td>
      <td>{sideWord(row)}</td>
      <td class="number">{countText(row.body.qty)}</td>
      <td class="number">{price(row.body.price)}</td>
      <td class="why">{whyText(row)}</td>
      <td>{tradeName(row)}</td>
      <td class="number faint">{feeText(row)}</td>
      <td class="number">{row.tradeNet === null ? null : <Money decimal={row.tradeNet} />}</td>
      <td class="number">
        <JournalLink seq={row.seq} mark={row.mark} leaf={row.leaf} />
      </td>
    </tr>
  );
}

function Table({ rows }: { rows: readonly FillRow[] }) {
  return (
    <table class="fills-table">
      <thead>
        <tr>
          <th scope="col">Time CT</th>
          <th scope="col">Side</th>
          <th scope="col" class="number">
            Lots
          </th>
          <th scope="col" class="number">
            Price
          </th>
          <th scope="col">Why</th>
          <th scope="col">Trade</th>
          <th scope="col" class="number">
            Fee
          </th>
          <th scope="col" class="number">
            Net of fees
          </th>
          <th scope="col" class="number">
            Journal line
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.seq} row={row} />
        ))}
      </tbody>
    </table>
  );
}

/** The same fills as two-line rows, for the phone. */
function List({ rows }: { rows: readonly FillRow[] }) {
  return (
    <ul class="fills-list">
      {rows.map((row) => (
        <li key={row.seq}>
          <span class="line-one">
            {sideWord(row)} {countText(row.body.qty)} at {price(row.body.price)}{" "}
            <span class="faint">{whyText(row).toLowerCase()}</span>
          </span>
          <span class="line-one-end">
            {row.tradeNet === null ? null : <Money decimal={row.tradeNet} />}
          </span>
          <span class="line-two">
            {ctEvent(row.body.atUs)} CT · {tradeName(row).toLowerCase()} · fee {feeText(row)}
          </span>
          <JournalLink seq={row.seq} mark={row.mark} leaf={row.leaf} />
        </li>
      ))}
    </ul>
  );
}

/** The newest fills of the journal, newest first. Their marks belong to the record, not to this browser. */
export function Fills({ rows, kind }: { rows: readonly FillRow[]; kind: "paper" | "live" }) {
  return (
    <Panel
      id="fills"
      category="trade"
      title="Latest fills"
      note={kind === "paper" ? "paper journal, opened as they happen" : "opened after the embargo"}
    >
      {rows.length === 0 ? (
        <p class="empty">None yet. The first entry of the strategy fills this table.</p>
      ) : (
        <>
          <Table rows={rows} />
          <List rows={rows} />
        </>
      )}
    </Panel>
  );
}
