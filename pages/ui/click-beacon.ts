import { CLICKS_MAX, type Click } from "@believe/shared/wire";

/** Whether the visitor asked not to be counted: Do Not Track or Global Privacy Control. */
function asksForPrivacy(): boolean {
  const signals: Record<string, unknown> = {
    dnt: "doNotTrack" in navigator ? navigator.doNotTrack : null,
    gpc: "globalPrivacyControl" in navigator ? navigator.globalPrivacyControl : false,
  };
  return signals["dnt"] === "1" || signals["gpc"] === true;
}

/**
 * Counts clicks on the elements that the page declares in `pairs`, without anything about who clicked. They are told
 * together when the visitor leaves or looks away.
 */
export function countClicks(root: HTMLElement, pairs: readonly Click[]): void {
  if (asksForPrivacy()) return;
  let told: Click[] = [];
  const tell = (): void => {
    if (told.length === 0) return;
    navigator.sendBeacon("/click", new Blob([JSON.stringify(told)], { type: "application/json" }));
    told = [];
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) tell();
  });
  addEventListener("pagehide", tell);
  root.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-click]") : null;
    const element = target?.getAttribute("data-click");
    const pair = pairs.find((known) => known.element === element);
    if (!pair) return;
    told.push(pair);
    if (told.length === CLICKS_MAX) tell();
  });
}
