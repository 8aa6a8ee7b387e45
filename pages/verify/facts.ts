import type { Facts } from "./protocol.ts";

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

function textIn(fields: ReadonlyMap<string, unknown>, name: string): string {
  const value = fields.get(name);
  if (typeof value !== "string")
    throw new TypeError(`expected text in ${name}, was ${typeof value}`);
  return value;
}

/** Reads the facts that the edge printed into the page; the page's own bytes being wrong is a defect and throws. */
export function factsOf(value: unknown): Facts {
  const fields = fieldsOf(value);
  const witnesses = fields.get("witnesses");
  const operator = fields.get("operator");
  return {
    brand: textIn(fields, "brand"),
    url: textIn(fields, "url"),
    dashboard: textIn(fields, "dashboard"),
    origin: textIn(fields, "origin"),
    kind: textIn(fields, "kind") === "live" ? "live" : "paper",
    account: textIn(fields, "account"),
    key: textIn(fields, "key"),
    ...(operator === undefined ? {} : { operator: textIn(fields, "operator") }),
    witnesses: (Array.isArray(witnesses) ? witnesses : []).map((witness: unknown) => {
      const parts = fieldsOf(witness);
      const own = parts.get("own") === true;
      return { name: textIn(parts, "name"), vkey: textIn(parts, "vkey"), own };
    }),
    needed: Number(fields.get("needed")),
  };
}
