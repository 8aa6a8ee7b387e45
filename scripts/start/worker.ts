export interface RunningWorker {
  readonly url: string;
  stop(): Promise<void>;
}

/** Set before wrangler is loaded: it must ask no host, count nobody, and keep no second store of every request. */
const QUIET = {
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  X_LOCAL_OBSERVABILITY: "false",
};

/**
 * Runs the Worker on workerd in this process's care. The only place that touches wrangler's unstable API.
 * `port` 0 takes a free one; `persist` is the folder of its objects, KV and blobs.
 */
export async function startWorker(options: {
  readonly port: number;
  readonly persist: string;
  readonly estate: string;
  readonly witnessSeed: string;
  /** Another entry than that of wrangler.toml: a measuring one that wraps it. */
  readonly entrypoint?: string;
}): Promise<RunningWorker> {
  Object.assign(process.env, QUIET);
  const { unstable_startWorker } = await import("wrangler");
  const worker = await unstable_startWorker({
    config: "wrangler.toml",
    ...(options.entrypoint === undefined ? {} : { entrypoint: options.entrypoint }),
    bindings: {
      ESTATE: { type: "plain_text", value: options.estate },
      WITNESS_SEED: { type: "plain_text", value: options.witnessSeed },
    },
    dev: {
      persist: options.persist,
      inspector: false,
      watch: false,
      remote: false,
      logLevel: "error",
      server: { hostname: "127.0.0.1", port: options.port },
    },
  });
  await worker.ready;
  const url = (await worker.url).href.replace(/\/$/, "");
  return { url, stop: () => worker.dispose() };
}
