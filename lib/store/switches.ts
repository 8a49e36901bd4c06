import type { SwitchStore } from "../app/ports/switches.ts";
import * as schemas from "../contracts/switches.ts";
import type { Switching } from "../domain/kill-switch.ts";
import { boardReader } from "./board.ts";
import { before, commit, type Put, restored, stored } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

const SWITCHES = { pk: keys.board.pk, prefix: keys.switch("").sk };

/** Kill switches, and the board that says which are thrown, in one partition of the Registry. */
export function switchStore(registry: Table): SwitchStore {
  return {
    ...boardReader(registry),

    async get(id) {
      const item = await registry.get(keys.switch(id));
      return item && restored(schemas.killSwitch, item);
    },

    async all() {
      return (await registry.queryAll(SWITCHES)).map((item) => restored(schemas.killSwitch, item));
    },

    async lifted({ limit, after }) {
      const page = await registry.page(SWITCHES, {
        limit,
        after: after === null ? undefined : keys.switch(after).sk,
      });
      return {
        switches: page.items.map((item) => restored(schemas.killSwitch, item)).filter(({ lifted }) => lifted !== null),
        next: page.last === undefined ? null : page.last.slice(SWITCHES.prefix.length),
      };
    },

    async save(switching, commitment) {
      await commit(registry, switchPuts(switching), commitment);
    },
  };
}

const switchPuts = ({ board, changed }: Switching): Put[] => [
  {
    key: keys.board,
    attributes: { version: board.version, ...stored(schemas.board, board) },
    over: before(board.version),
    otherwise: "changed-meanwhile",
  },
  {
    key: keys.switch(changed.id),
    attributes: { version: changed.version, ...stored(schemas.killSwitch, changed) },
    over: before(changed.version),
    otherwise: "changed-meanwhile",
  },
];
