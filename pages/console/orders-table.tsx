import type { ConsoleState } from "@believe/shared/wire";
import { StatusMark } from "../ui/mark.tsx";
import { price } from "../ui/number.ts";
import { Panel } from "../ui/panel.tsx";
import { ctEvent } from "../ui/time.ts";

type Order = ConsoleState["orders"][number];

interface OrdersTableProps {
  readonly orders: readonly Order[];
  readonly onCancel: (order: Order) => void;
}

const STATES = { sent: "sent, no word yet", working: "working", unknown: "in doubt" } as const;

function priceOf({ price: at, stop }: Order): string {
  const parts = [stop === null ? null : `stop ${price(stop)}`, at === null ? null : price(at)];
  return parts.filter((part) => part !== null).join(", ") || "market";
}

function Row({ order, onCancel }: { order: Order; onCancel: (order: Order) => void }) {
  return (
    <tr class={order.own ? "" : "foreign"}>
      <th scope="row">{order.order}</th>
      <td>{order.own ? order.role : "not ours"}</td>
      <td>{order.side === "buy" ? "Buy" : "Sell"}</td>
      <td class="number">
        {order.filled} of {order.qty}
      </td>
      <td>{priceOf(order)}</td>
      <td class={`order-${order.state}`}>
        {order.state === "unknown" ? <StatusMark kind="bad" /> : null} {STATES[order.state]}
      </td>
      <td>{order.sinceUs === null ? "" : ctEvent(order.sinceUs)}</td>
      <td class="number">
        {order.own ? (
          <button type="button" class="small" onClick={() => onCancel(order)}>
            Cancel
          </button>
        ) : null}
      </td>
    </tr>
  );
}

/** Every order that stands: ours, those in doubt, and those of others in this account. */
export function OrdersTable({ orders, onCancel }: OrdersTableProps) {
  return (
    <Panel id="orders" category="trade" title="Working orders" aside={`${orders.length} open`}>
      {orders.length === 0 ? (
        <p class="empty">None. An entry or a stop that stands at the venue is listed here.</p>
      ) : (
        <table>
          <thead>
            <tr>
              {["Order", "Role", "Side", "Filled", "Price", "State", "Since CT", ""].map((head) => (
                <th key={head} scope="col" class={head === "Filled" || head === "" ? "number" : ""}>
                  {head === "" ? <span class="spoken">Act</span> : head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {orders.map((order) => (
              <Row key={order.order} order={order} onCancel={onCancel} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
