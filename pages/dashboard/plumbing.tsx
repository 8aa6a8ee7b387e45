import { Square, StatusMark } from "../ui/mark.tsx";
import { Panel } from "../ui/panel.tsx";
import { SignatureMark } from "./key-figure.tsx";
import { type PlumbingRow, plumbingRows } from "./plumbing-rows.ts";
import type { LiveView } from "./view.ts";

function Row({ row }: { row: PlumbingRow }) {
  return (
    <tr class={row.trouble ? `part-${row.trouble}` : "part-well"}>
      <th scope="row">
        <Square category={row.category} />
        {row.part}
      </th>
      <td class="part-says">
        {row.trouble ? <StatusMark kind={row.trouble} /> : null}
        {row.says}
        {row.proof ? (
          <>
            {" "}
            <SignatureMark proof={row.proof} what={`Status of the ${row.part.toLowerCase()}`} />
          </>
        ) : null}
      </td>
      <td class="number part-age">{row.age}</td>
    </tr>
  );
}

/** Every part of the estate, in fixed order; the phone shows the troubled ones only. */
export function Plumbing({ view }: { view: LiveView }) {
  const rows = plumbingRows(view);
  const troubled = rows.filter((row) => row.trouble).length;
  return (
    <Panel
      id="plumbing"
      category="data"
      title={
        <>
          <span class="desk-only">Plumbing</span>
          <span class="phone-only">Needs a look</span>
        </>
      }
      aside={
        <>
          <span class="desk-only">age now, limit</span>
          <span class="phone-only">
            {troubled} of {rows.length} parts
          </span>
        </>
      }
    >
      <table class="plumbing-table">
        <thead class="spoken">
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Says</th>
            <th scope="col">Age now, limit</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.part} row={row} />
          ))}
        </tbody>
      </table>
      {troubled === 0 ? (
        <p class="empty phone-only">Nothing. All {rows.length} parts are well.</p>
      ) : null}
    </Panel>
  );
}
