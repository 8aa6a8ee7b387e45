export { clickPairs } from "./clicks.ts";
export { type DashboardInput, renderDashboard } from "./render.tsx";
