import { render } from "preact";
import { AgentLink } from "./agent-link.ts";
import { Desk } from "./desk.tsx";
import { takeToken } from "./token.ts";

const root = document.getElementById("console");
if (root) {
  const link = new AgentLink({
    token: takeToken(),
    fetch: (input, init) => fetch(input, init),
    nowMs: () => performance.now(),
    changed: (view) =>
      render(<Desk view={view} onCommand={(confirmed) => void link.command(confirmed)} />, root),
  });
  void link.run((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
}
