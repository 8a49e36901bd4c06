import { claims } from "../../lib/app/claims.ts";

/** Claims where there is always more to be had, for tests that are about something else. */
export const nothingCapped = claims({
  leases: { reserved: async () => ({ daily: 0, total: 0 }), take: async () => true },
  viewers: { counts: async () => ({}), count: async () => true },
  markOf: () => "",
  newNonce: () => "n",
  machineNow: () => 0,
  log: () => undefined,
});
