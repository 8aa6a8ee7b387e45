/** The bindings as the tests' runtime has them: namespaces of the real classes. */
declare namespace Cloudflare {
  interface Env {
    readonly ESTATE: string;
    readonly WITNESS_SEED: string;
    readonly KV: KVNamespace;
    readonly ASSETS: Fetcher;
    /** For the tests of the blob port only. */
    readonly BUCKET: R2Bucket;
    readonly CLICK: DurableObjectNamespace<import("../src/index.ts").ClickDO>;
    readonly JOURNAL: DurableObjectNamespace<import("../src/index.ts").JournalDO>;
    readonly LIVE: DurableObjectNamespace<import("../src/index.ts").LiveDO>;
  }
  interface GlobalProps {
    mainModule: typeof import("../src/index.ts");
    durableNamespaces: "ClickDO" | "JournalDO" | "LiveDO";
  }
}
