import type { SeasonStore } from "../app/ports/seasons.ts";
import { Unreadable } from "../app/ports/unreadable.ts";
import * as schemas from "../contracts/seasons.ts";
import type { Season } from "../domain/season.ts";
import { commit, restored, stored, type Write } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** Seasons, all in one partition: they are few, and read together. */
export function seasonStore(registry: Table): SeasonStore {
  return {
    async get(id) {
      const item = await registry.get(keys.season(id));
      return item && restored(schemas.season, item);
    },

    async all() {
      return (await items(registry)).map((item) => restored(schemas.season, item));
    },

    async roll() {
      const seasons: Season[] = [];
      const unreadable: string[] = [];
      for (const item of await items(registry))
        try {
          seasons.push(restored(schemas.season, item));
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
          unreadable.push(item.sk.slice(keys.season("").sk.length));
        }
      return { seasons, unreadable };
    },

    async create(season, commitment) {
      await commit(registry, [{ ...write(season), otherwise: "season-exists" }], commitment);
    },

    async save(season, commitment) {
      await commit(registry, [write(season)], commitment);
    },

    async publish(season, commitment, roster) {
      const turnOfRoster: Write = {
        key: keys.roster,
        attributes: { version: roster + 1 },
        over: roster === 0 ? "absent" : roster,
        otherwise: "changed-meanwhile",
      };
      await commit(registry, [write(season), turnOfRoster], commitment);
    },

    async roster() {
      const item = await registry.get(keys.roster);
      return Number(item?.["version"] ?? 0);
    },
  };
}

const items = (registry: Table): Promise<Item[]> => registry.queryAll({ pk: keys.roster.pk, prefix: keys.season("").sk });

const write = (season: Season): Write => ({
  key: keys.season(season.id),
  attributes: { version: season.version, ...stored(schemas.season, season) },
  over: season.version === 1 ? "absent" : season.version - 1,
  otherwise: "changed-meanwhile",
});
