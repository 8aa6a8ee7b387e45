import { readFileSync } from "node:fs";
import { join } from "node:path";
import { guardNames, guardsOn, limitNames, limits, presets } from "@believe/shared/risk";
import { DAY_HALTS } from "@believe/shared/trade";
import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/paths.ts";

const page = readFileSync(join(ROOT, "docs/risk.md"), "utf8");

/** The rows of the table under a header, as trimmed cells without code marks. */
function rows(text: string, header: string): string[][] {
  const lines = text.split("\n");
  const at = lines.indexOf(header);
  const end = lines.indexOf("", at);
  return lines.slice(at + 2, end).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.replaceAll("`", "").trim()),
  );
}

const limitRows = (text: string) => rows(text, "| reason | stops entries | halt |");
const guardRows = (text: string) => rows(text, "| reason | stops | orders |");
const settingRows = (text: string) => rows(text, "| setting | default | unit |");
const presetRows = (text: string) => rows(text, "| preset | changes |");

describe("the page of limits and guards", () => {
  it("has every limit in the order of the code, and which halts end with their trade date", () => {
    expect(limitRows(page).map(([name]) => name)).toEqual(limitNames);
    const ofDay = limitRows(page).filter(([, , halt]) => halt === "the trade date");
    expect(ofDay.map(([name]) => name)).toEqual([...DAY_HALTS]);
  });

  it("has every guard with the orders that it stops", () => {
    const told = guardRows(page).map(([name, , orders]) => [name, orders]);
    expect(told).toEqual(guardNames.map((name) => [name, guardsOn(name).join(", ")]));
  });

  it("has every setting with its default", () => {
    const { blackouts, ...defaults } = limits.parse({});
    expect(blackouts).toEqual([]);
    const expected = Object.entries(defaults).map(([name, value]) => [name, String(value)]);
    const told = settingRows(page).map(([name, value]) => [name, value]);
    expect(told).toEqual([...expected, ["blackouts", "none"]]);
  });

  it("has every preset with what it changes", () => {
    const expected = Object.entries(presets).map(([name, changes]) => {
      const told = Object.entries(changes).map(([key, value]) => `${key} = ${value}`);
      return [name, told.join(", ") || "nothing"];
    });
    expect(presetRows(page)).toEqual(expected);
  });

  it("is read by a reader that sees a row that is missing or changed", () => {
    const without = page.replace(/^\| `drawdown`.*\n/m, "");
    expect(limitRows(without).map(([name]) => name)).not.toEqual(limitNames);
    expect(settingRows(page.replace("| 200 |", "| 201 |"))).not.toEqual(settingRows(page));
  });
});
