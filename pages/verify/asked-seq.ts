/** The journal number in a query or fragment, "" where it holds none. */
export function askedSeq(text: string): string {
  return /^#?(\d{1,15})$/.exec(text)?.[1] ?? "";
}
