import type { ComponentChildren } from "preact";
import { type Category, Square } from "./mark.tsx";

interface PanelProps {
  readonly id: string;
  readonly category: Category;
  readonly title: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A hairline, a category square and a title make a panel; there is no box. */
export function Panel({ id, category, title, note, aside, children }: PanelProps) {
  return (
    <section class={`panel panel-${id}`} aria-labelledby={`${id}-title`}>
      <div class="panel-head">
        <h2 id={`${id}-title`}>
          <Square category={category} />
          {title}
        </h2>
        {note ? <span class="panel-note">{note}</span> : null}
        {aside ? <span class="panel-aside">{aside}</span> : null}
      </div>
      {children}
    </section>
  );
}
