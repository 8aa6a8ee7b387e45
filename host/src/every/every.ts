/**
 * Runs `work` again and again with a pause of `pauseMs`, one at a time; a function is asked after each run. The
 * answer ends it and waits for the work under way. `work` itself turns what it expects to fail into a value; anything else ends the process.
 */
export function every(
  pauseMs: number | (() => number),
  work: () => Promise<unknown>,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let ended = false;
  const next = (): void => {
    if (ended) return;
    running = work().then(() => {
      if (!ended) timer = setTimeout(next, typeof pauseMs === "number" ? pauseMs : pauseMs());
    });
  };
  timer = setTimeout(next, 0);
  return async () => {
    ended = true;
    clearTimeout(timer);
    await running;
  };
}
