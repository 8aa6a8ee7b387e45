import { useEffect, useRef, useState } from "preact/hooks";
import type { Act, Offer } from "./act.ts";

export interface Confirmed {
  readonly act: Act;
  readonly reason: string;
  readonly confirm: string;
}

interface ConfirmDialogProps {
  readonly offer: Offer;
  readonly onConfirm: (confirmed: Confirmed) => void;
  readonly onClose: () => void;
}

const PRICE = /^\d{1,9}(\.\d{1,4})?$/;

/** Asks for the reason and the word, and says what will happen. Nothing is sent before both stand there. */
export function ConfirmDialog({ offer, onConfirm, onClose }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState("");
  const [word, setWord] = useState("");
  const [price, setPrice] = useState(offer.act.kind === "adopt" ? offer.act.price : "");
  useEffect(() => dialog.current?.showModal(), []);
  const priced = offer.act.kind !== "adopt" || PRICE.test(price);
  const ready = word === offer.confirm && reason.trim() !== "" && priced;
  const act: Act = offer.act.kind === "adopt" ? { ...offer.act, price } : offer.act;
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-title" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onConfirm({ act, reason: reason.trim(), confirm: word });
        }}
      >
        <h2 id="confirm-title">{offer.title}</h2>
        <p>{offer.does}</p>
        {offer.act.kind === "adopt" ? (
          <label>
            Price that our book takes it at
            <input
              inputMode="decimal"
              value={price}
              onInput={(event) => setPrice(event.currentTarget.value)}
            />
          </label>
        ) : null}
        <label>
          Why, for the journal
          <input
            maxLength={200}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <label>
          Type {offer.confirm} to confirm
          <input
            autoComplete="off"
            spellcheck={false}
            value={word}
            onInput={(event) => setWord(event.currentTarget.value)}
          />
        </label>
        <div class="confirm-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class={`button-${offer.tone}`} disabled={!ready}>
            {offer.title}
          </button>
        </div>
      </form>
    </dialog>
  );
}
