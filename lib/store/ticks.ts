import type { TickStore } from "../app/ports/ticks.ts";
import type { Tick } from "../domain/health.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** The season clock's last tick: one item of the Delivery table, so that no stream carries it to those who publish. */
export function tickStore(delivery: Table): TickStore {
  return {
    async last() {
      const item = await delivery.get(keys.tick);
      return item && { at: Number(item["at"]), festivalAt: Number(item["festivalAt"]) };
    },

    async record({ at, festivalAt }: Tick) {
      await delivery.putIfGreater({ ...keys.tick, at, festivalAt }, "at");
    },
  };
}
