import type { ConsoleState } from "@believe/shared/wire";
import { useState } from "preact/hooks";
import { StatusMark } from "../ui/mark.tsx";
import { lotsText, price } from "../ui/number.ts";
import { ctClock, ctOffset, dateText } from "../ui/time.ts";
import { cancelOffer, deskOffers, type Offer, safetyOffers } from "./act.ts";
import { ConfirmDialog, type Confirmed } from "./confirm-dialog.tsx";
import { type Contact, type DeskView, troublesOf } from "./desk-view.ts";
import { Figures } from "./figures.tsx";
import { OrdersTable } from "./orders-table.tsx";
import {
  EntriesPanel,
  FillsPanel,
  JournalPanel,
  ReconciliationPanel,
  WatchdogsPanel,
} from "./panels.tsx";

interface DeskProps {
  readonly view: DeskView;
  readonly onCommand: (confirmed: Confirmed) => void;
}

function contactWords(contact: Contact): string {
  switch (contact.kind) {
    case "live":
      return "answers";
    case "silent":
      return `no answer for ${Math.floor(contact.sinceMs / 1000)} s`;
    case "locked":
      return "locked";
  }
}

function Head({ view }: { view: DeskView }) {
  const { state, contact } = view;
  const isLive = contact.kind === "live";
  return (
    <header class="top">
      <span class="brand">Operator's console</span>
      {state === null ? null : (
        <span class={`pill pill-account account-${state.account.kind}`}>
          {state.account.kind === "live" ? "LIVE" : "Paper"} {state.account.name}
        </span>
      )}
      <span class={isLive ? "pill pill-link" : "pill pill-link pill-bad"} role="status">
        <StatusMark kind={isLive ? "live" : "bad"} />
        Agent {contactWords(contact)}
      </span>
    </header>
  );
}

function sentence(state: ConsoleState): string {
  const { position, entries } = state;
  const { lots, symbol, averagePrice, stop } = position;
  const entry = entries.allowed ? "Entries are possible." : "Entries are off.";
  if (lots === 0) return `Flat in ${symbol}. ${entry}`;
  const held = `${lotsText(lots)} ${symbol} at ${price(averagePrice ?? "")}`;
  return `${held}, ${stop === null ? "without a resting stop" : `stop resting at ${price(stop)}`}. ${entry}`;
}

function Buttons({ offers, onChoose }: { offers: Offer[]; onChoose: (offer: Offer) => void }) {
  return (
    <div class="buttons">
      {offers.map((offer) => (
        <button
          key={offer.title}
          type="button"
          class={`button-${offer.tone}`}
          onClick={() => onChoose(offer)}
        >
          {offer.title}
        </button>
      ))}
    </div>
  );
}

function Troubles({ state }: { state: ConsoleState }) {
  const troubles = troublesOf(state);
  if (troubles.length === 0) return null;
  return (
    <div role="alert">
      <ul class="troubles">
        {troubles.map(({ tone, text }) => (
          <li key={text} class={`trouble-${tone}`}>
            <StatusMark kind={tone} />
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sheet({ view, onChoose }: { view: DeskView; onChoose: (offer: Offer) => void }) {
  const { state, said } = view;
  if (state === null) return <p class="empty">Asking the agent.</p>;
  return (
    <>
      <div class="state">
        <h1 class="sentence">{sentence(state)}</h1>
        <p class="clock">
          <b>{state.marketUs === null ? "" : `${ctClock(state.marketUs)} CT`}</b>
          <span>{state.session === null ? "" : dateText(state.session.tradeDate)}</span>
        </p>
      </div>
      <div class="acts">
        <Buttons offers={safetyOffers(state)} onChoose={onChoose} />
        <Buttons offers={deskOffers(state)} onChoose={onChoose} />
      </div>
      <Troubles state={state} />
      <p class={said?.ok === false ? "said said-bad" : "said"} role="status">
        {said?.text ?? ""}
      </p>
      <Figures state={state} />
      <div class="columns">
        <div class="column">
          <OrdersTable
            orders={state.orders}
            onCancel={({ order, symbol }) => onChoose(cancelOffer(order, symbol))}
          />
          <FillsPanel {...state} />
        </div>
        <div class="column">
          <EntriesPanel {...state} />
          <ReconciliationPanel {...state} />
          <WatchdogsPanel {...state} />
          <JournalPanel {...state} />
        </div>
      </div>
    </>
  );
}

function Foot({ state }: { state: ConsoleState | null }) {
  if (state === null) return null;
  return (
    <footer class="foot">
      <p>
        Times are America/Chicago (CT, {ctOffset(state.marketUs ?? state.atUs)}). This page is
        served by the agent on this machine and seen by nobody else.
      </p>
    </footer>
  );
}

/** The whole page: one screen, troubles first, what leaves the market always in reach. */
export function Desk({ view, onCommand }: DeskProps) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const { contact } = view;
  return (
    <>
      <Head view={view} />
      {contact.kind === "silent" ? (
        <p class="curtain" role="alert">
          The agent has not answered for {Math.floor(contact.sinceMs / 1000)} s. What stands below
          is old: do not trade on it.
        </p>
      ) : null}
      <main class={contact.kind === "live" ? "page" : "page is-old"}>
        {contact.kind === "locked" ? (
          <p class="curtain" role="alert">
            {contact.detail}
          </p>
        ) : (
          <Sheet view={view} onChoose={setOffer} />
        )}
      </main>
      <Foot state={view.state} />
      {offer === null ? null : (
        <ConfirmDialog
          offer={offer}
          onClose={() => setOffer(null)}
          onConfirm={(confirmed) => {
            setOffer(null);
            onCommand(confirmed);
          }}
        />
      )}
    </>
  );
}
