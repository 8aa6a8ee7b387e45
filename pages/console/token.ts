const HELD = "believe-console-token";

/**
 * The bearer, from the address's fragment, which no server and no log ever sees. It stays for this tab only and leaves
 * the address bar at once, so that neither a bookmark nor a screenshot keeps it.
 */
export function takeToken(): string | null {
  const given = /^#token=([A-Za-z0-9_-]{1,128})$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem(HELD, given);
    history.replaceState(null, "", location.pathname);
  }
  return given ?? sessionStorage.getItem(HELD);
}
