import type { Machine } from "./machine.ts";
import type { SeasonStatus } from "./season.ts";

export type SeasonVerb = "publish" | "open" | "close";

/** The recorded life of a season. What is served depends on its windows alone. */
export const SEASON_MACHINE = {
  draft: { publish: { by: "operator", to: "scheduled" } },
  scheduled: { open: { by: "clock", to: "open" } },
  open: { close: { by: "clock", to: "closed" } },
  closed: {},
} as const satisfies Machine<SeasonStatus, SeasonVerb>;
