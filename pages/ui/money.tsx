import { Spoken } from "./mark.tsx";
import { money } from "./number.ts";

const UP = "M5 .8 9.6 9H.4Z";
const DOWN = "M5 9.2 .4 1H9.6Z";

/** Our own profit or loss: triangle, sign and number; `decimal` is an amount of USD. */
export function Money({ decimal, plain = false }: { decimal: string; plain?: boolean }) {
  const { direction, text, spoken } = money(decimal);
  const shape = direction !== "zero" && !plain;
  return (
    <span class={plain ? "money" : `money money-${direction}`}>
      {shape ? (
        <svg class="triangle" viewBox="0 0 10 10" aria-hidden="true" focusable="false">
          <path d={direction === "gain" ? UP : DOWN} />
        </svg>
      ) : null}
      <span aria-hidden="true">{text}</span>
      <Spoken>{spoken}</Spoken>
    </span>
  );
}
