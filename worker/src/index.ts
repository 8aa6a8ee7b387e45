import { Hono } from "hono";
import type { AppEnv } from "./env.ts";
import { headers } from "./middleware/headers.ts";
import { problemOfError, problemOfRoute } from "./problem.ts";
import { methodsOf } from "./route-table.ts";
import { clickRoutes } from "./routes/click.ts";
import { estateRoutes } from "./routes/estate.ts";
import { liveRoutes } from "./routes/live.ts";
import { logRoutes } from "./routes/log.ts";
import { logActRoutes } from "./routes/log-act.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { pageRoutes } from "./routes/page.ts";
import { pendingRoutes } from "./routes/pending.ts";
import { statusRoutes } from "./routes/status.ts";

export { ClickDO } from "./objects/click-do.ts";
export { JournalDO } from "./objects/journal-do.ts";
export { LiveDO } from "./objects/live-do.ts";

const app = new Hono<AppEnv>();
app.use(headers);
app.onError((error) => problemOfError(error));
app.notFound((c) => problemOfRoute(methodsOf(c.req.path)));
app.route("/", pageRoutes);
app.route("/", liveRoutes);
app.route("/", estateRoutes);
app.route("/", openApiRoutes);
app.route("/", clickRoutes);
app.route("/", statusRoutes);
app.route("/", pendingRoutes);
app.route("/", logActRoutes);
app.route("/", logRoutes);

export default app;
