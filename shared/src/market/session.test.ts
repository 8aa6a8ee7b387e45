import { parseIsoUs, timeUs } from "@believe/shared/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionCalendar, sessionAt } from "./session.ts";

const phaseAt = (iso: string): string => {
  const { tradeDate, phase } = sessionAt(parseIsoUs(iso));
  return `${tradeDate} ${phase}`;
};
describe("sessionAt", () => {
  it("gives the evening after 17:00 Chicago time to the next trade date", () => {
    expect(phaseAt("2024-01-08T22:59:59.999999Z")).toBe("2024-01-08 break");
    expect(phaseAt("2024-01-08T23:00:00Z")).toBe("2024-01-09 eth");
    expect(phaseAt("2024-01-09T14:29:59.999999Z")).toBe("2024-01-09 eth");
    expect(phaseAt("2024-01-09T14:30:00Z")).toBe("2024-01-09 rth");
    expect(phaseAt("2024-01-09T20:59:59Z")).toBe("2024-01-09 rth");
    expect(phaseAt("2024-01-09T21:00:00Z")).toBe("2024-01-09 eth");
    expect(phaseAt("2024-01-09T22:00:00Z")).toBe("2024-01-09 break");
  });

  it("names the next boundary", () => {
    expect(sessionAt(parseIsoUs("2024-01-09T14:20:00Z"))).toEqual({
      tradeDate: "2024-01-09",
      phase: "eth",
      next: { phase: "rth", atUs: parseIsoUs("2024-01-09T14:30:00Z") },
    });
  });

  it("is closed over a weekend, which stays with Friday's trade date until Sunday's open", () => {
    expect(phaseAt("2024-01-12T22:00:00Z")).toBe("2024-01-12 closed");
    expect(phaseAt("2024-01-14T22:59:59Z")).toBe("2024-01-12 closed");
    expect(phaseAt("2024-01-14T23:00:00Z")).toBe("2024-01-15 eth");
  });

  it("follows Chicago's clock through both changes of a year", () => {
    expect(phaseAt("2024-03-08T14:30:00Z")).toBe("2024-03-08 rth");
    expect(phaseAt("2024-03-10T21:59:59Z")).toBe("2024-03-08 closed");
    expect(phaseAt("2024-03-10T22:00:00Z")).toBe("2024-03-11 eth");
    expect(phaseAt("2024-03-11T13:30:00Z")).toBe("2024-03-11 rth");
    expect(phaseAt("2024-11-01T13:30:00Z")).toBe("2024-11-01 rth");
    expect(phaseAt("2024-11-03T22:30:00Z")).toBe("2024-11-01 closed");
    expect(phaseAt("2024-11-03T23:00:00Z")).toBe("2024-11-04 eth");
  });

  it("knows the regimes: 16:15 close, then 16:00 with a 15:15 halt, then none", () => {
    expect(phaseAt("2013-10-07T20:20:00Z")).toBe("2013-10-07 break");
    expect(phaseAt("2013-10-07T20:30:00Z")).toBe("2013-10-07 eth");
    expect(phaseAt("2013-10-07T21:14:59Z")).toBe("2013-10-07 eth");
    expect(phaseAt("2013-10-07T21:15:00Z")).toBe("2013-10-07 break");
    expect(phaseAt("2020-01-06T21:20:00Z")).toBe("2020-01-06 break");
    expect(phaseAt("2020-01-06T21:45:00Z")).toBe("2020-01-06 eth");
    expect(phaseAt("2020-01-06T22:00:00Z")).toBe("2020-01-06 break");
    expect(phaseAt("2024-01-09T21:20:00Z")).toBe("2024-01-09 eth");
  });

  it("knows full closes, bank holidays, half days and payroll Good Fridays", () => {
    expect(phaseAt("2023-12-25T22:59:59Z")).toBe("2023-12-22 closed");
    expect(phaseAt("2023-12-25T23:00:00Z")).toBe("2023-12-26 eth");
    expect(phaseAt("2024-01-15T17:59:00Z")).toBe("2024-01-15 eth");
    expect(phaseAt("2024-01-15T18:00:00Z")).toBe("2024-01-15 break");
    expect(phaseAt("2024-11-29T17:59:00Z")).toBe("2024-11-29 rth");
    expect(phaseAt("2024-11-29T18:10:00Z")).toBe("2024-11-29 eth");
    expect(phaseAt("2024-11-29T18:15:00Z")).toBe("2024-11-29 closed");
    expect(phaseAt("2026-04-03T13:15:00Z")).toBe("2026-04-03 closed");
    expect(phaseAt("2024-03-29T15:00:00Z")).toBe("2024-03-28 closed");
  });

  it("moves forward without a gap and gives the same answer whatever was asked before", () => {
    const from = parseIsoUs("2013-01-02T00:00:00Z");
    const until = parseIsoUs("2027-12-30T00:00:00Z");
    const walked = new SessionCalendar();
    fc.assert(
      fc.property(fc.integer({ min: from, max: until }), (ts) => {
        const span = walked.span(timeUs(ts));
        expect(span.fromUs <= ts && ts < span.untilUs).toBe(true);
        expect(span.state.next.atUs).toBe(span.untilUs);
        const next = new SessionCalendar().span(span.untilUs);
        expect(next.fromUs).toBe(span.untilUs);
        expect(next.state.phase).toBe(span.state.next.phase);
        expect(new SessionCalendar().span(timeUs(ts))).toEqual(span);
      }),
      { numRuns: 300 },
    );
  });
});
