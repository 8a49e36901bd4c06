import type { CardStore } from "../app/ports/cards.ts";
import * as schemas from "../contracts/cards.ts";
import type { Card } from "../domain/card.ts";
import { commit, restored, stored, type Write } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** Cards, each under its own id; approval puts it into its season's lineup in the same write. */
export function cardStore(registry: Table): CardStore {
  return {
    async get(id) {
      const item = await registry.get(keys.card(id));
      return item && restored(schemas.card, item);
    },

    async create(card, commitment) {
      await commit(registry, [write(card)], commitment);
    },

    async approve(card, commitment) {
      const { surface, season, id } = card;
      await commit(registry, [write(card), { ...write(card), key: keys.servedCard(surface, season, id), over: "any" }], commitment);
    },

    async deny(card, commitment) {
      await commit(registry, [write(card)], commitment);
    },
  };
}

const write = (card: Card): Write => ({
  key: keys.card(card.id),
  attributes: { version: card.version, ...stored(schemas.card, card) },
  over: card.version === 1 ? "absent" : card.version - 1,
  otherwise: "changed-meanwhile",
});
