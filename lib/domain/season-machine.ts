import type { Machine } from "./machine.ts";
import type { SeasonStatus } from "./season.ts";

export type SeasonVerb = "edit" | "propose" | "withdraw-proposal" | "publish" | "cancel" | "close-early" | "open" | "close" | "archive";

/** What operators may do with a season that has been published and is not over. */
const changeable = <State extends SeasonStatus>(to: State) =>
  ({
    propose: { by: "operator", to },
    "withdraw-proposal": { by: "operator", to },
    publish: { by: "operator", to },
    "close-early": { by: "operator", to },
  }) as const;

/** The recorded life of a season. What is served depends on its windows alone. */
export const SEASON_MACHINE = {
  draft: {
    edit: { by: "operator", to: "draft" },
    publish: { by: "operator", to: "scheduled" },
    cancel: { by: "operator", to: "cancelled" },
  },
  scheduled: { ...changeable("scheduled"), cancel: { by: "operator", to: "cancelled" }, open: { by: "clock", to: "open" } },
  open: { ...changeable("open"), close: { by: "clock", to: "closed" } },
  closed: { archive: { by: "clock", to: "archived" } },
  archived: {},
  cancelled: {},
} as const satisfies Machine<SeasonStatus, SeasonVerb>;
