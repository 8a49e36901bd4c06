import type { Machine } from "./machine.ts";
import type { SeasonStatus } from "./season.ts";

export type SeasonVerb = "publish" | "cancel" | "open" | "close" | "archive";

/** The recorded life of a season. What is served depends on its windows alone. */
export const SEASON_MACHINE = {
  draft: { publish: { by: "operator", to: "scheduled" }, cancel: { by: "operator", to: "cancelled" } },
  scheduled: { open: { by: "clock", to: "open" }, cancel: { by: "operator", to: "cancelled" } },
  open: { close: { by: "clock", to: "closed" } },
  closed: { archive: { by: "clock", to: "archived" } },
  archived: {},
  cancelled: {},
} as const satisfies Machine<SeasonStatus, SeasonVerb>;
