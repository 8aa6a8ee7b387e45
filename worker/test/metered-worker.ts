import type { Env } from "../src/env.ts";
import app, { ClickDO, JournalDO, LiveDO } from "../src/index.ts";

/**
 * The Worker as it is, with a counter in front of everything that the platform bills. `GET /metered` answers the
 * counters. Only measuring runs it; the objects share this isolate with the Worker, so one set of counters is enough.
 */
const counters = {
  requests: 0,
  objectRequests: 0,
  rowsWritten: 0,
  kvReads: 0,
  kvWrites: 0,
};

/** The same object; every call of one of its methods is told to `called` first. */
function counted<T extends object>(target: T, called: (method: string) => void): T {
  return new Proxy(target, {
    get(_, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function" || typeof key !== "string") return member;
      return (...values: unknown[]): unknown => {
        called(key);
        return Reflect.apply(member, target, values);
      };
    },
  });
}

/** A namespace whose objects' every call counts as a request of an object. */
function countedRooms<Room extends object>(rooms: { getByName(name: string): Room }) {
  return {
    getByName: (name: string): Room =>
      counted(rooms.getByName(name), () => {
        counters.objectRequests += 1;
      }),
  };
}

function meteredEnv(env: Env): Env {
  const kv = counted(env.KV, (method) => {
    if (method.startsWith("get")) counters.kvReads += 1;
    else counters.kvWrites += 1;
  });
  return {
    ...env,
    KV: kv,
    JOURNAL: countedRooms(env.JOURNAL),
    LIVE: countedRooms(env.LIVE),
    CLICK: countedRooms(env.CLICK),
  };
}

/** Rows of one instance since it was last looked at. */
class Rows {
  #seen = 0;
  take(written: number): void {
    counters.rowsWritten += written - this.#seen;
    this.#seen = written;
  }
}

class MeteredJournal extends JournalDO {
  readonly #rows = new Rows();
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, meteredEnv(env));
  }
  async meter(): Promise<void> {
    this.#rows.take(this.store.rowsWritten);
  }
}

class MeteredLive extends LiveDO {
  readonly #rows = new Rows();
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, meteredEnv(env));
  }
  async meter(): Promise<void> {
    this.#rows.take(this.store.rowsWritten);
  }
  override async alarm(): Promise<void> {
    counters.objectRequests += 1;
    await super.alarm();
  }
}

class MeteredClick extends ClickDO {
  readonly #rows = new Rows();
  async meter(): Promise<void> {
    this.#rows.take(this.rowsWritten);
  }
}

export { MeteredClick as ClickDO, MeteredJournal as JournalDO, MeteredLive as LiveDO };

interface Metered {
  readonly JOURNAL: DurableObjectNamespace<MeteredJournal>;
  readonly LIVE: DurableObjectNamespace<MeteredLive>;
  readonly CLICK: DurableObjectNamespace<MeteredClick>;
}

/** The handler; wrangler is given a file that exports it as its default. */
export const metered = {
  async fetch(
    request: Request,
    env: Omit<Env, keyof Metered> & Metered,
    ctx: ExecutionContext,
  ): Promise<Response> {
    if (new URL(request.url).pathname === "/metered") {
      await env.JOURNAL.getByName("broker").meter();
      await env.LIVE.getByName("live").meter();
      await env.CLICK.getByName("click").meter();
      return Response.json(counters);
    }
    counters.requests += 1;
    return app.fetch(request, meteredEnv(env), ctx);
  },
};
