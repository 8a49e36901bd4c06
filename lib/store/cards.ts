import type { CardStore } from "../app/ports/cards.ts";
import * as schemas from "../contracts/cards.ts";
import type { Card } from "../domain/card.ts";
import { before, commit, type Put, restored, stored, type Write } from "./commit.ts";
import { keys, LIST_INDEX, QUEUE_INDEX } from "./keys.ts";
import { listPage } from "./pages.ts";
import type { Item, Table } from "./table.ts";

/** Cards, each under its own id; what is approved, and nothing else, is in its season's lineup, by the same write. */
export function cardStore(registry: Table): CardStore {
  return {
    async get(id) {
      const item = await registry.get(keys.card(id));
      return item && cardIn(item);
    },

    async ofBrand(brand, page) {
      const list = { index: LIST_INDEX, partition: listOf(brand), newestFirst: true, keyAt: keys.card } as const;
      const { items, next } = await listPage(registry, list, page);
      return { items: items.map(cardIn), next };
    },

    async waiting(host, page) {
      const keyAt = (position: string) => keys.card(position.slice(position.indexOf("#") + 1));
      const { items, next } = await listPage(registry, { index: QUEUE_INDEX, partition: queueOf(host), keyAt }, page);
      return { items: items.map(cardIn), next };
    },

    async save(card, commitment) {
      const { id, surface, season, status } = card;
      const key = keys.servedCard(surface, season, id);
      const served: Write = status === "approved" ? { ...put(card), key, over: "any" } : { key, remove: true };
      const own = put(card);
      await commit(registry, [{ ...own, attributes: { ...places(card), ...own.attributes } }, served], commitment);
    },
  };
}

const put = (card: Card): Put => ({
  key: keys.card(card.id),
  attributes: { version: card.version, ...stored(schemas.card, card) },
  over: before(card.version),
  otherwise: "changed-meanwhile",
});

/** Where it is listed: with its brand's, and while it waits, in its host's queue. */
const places = ({ id, brand, host, status, submittedAt }: Card) => ({
  [LIST_INDEX.pk]: listOf(brand),
  [LIST_INDEX.sk]: id,
  ...(status === "pending" ? { [QUEUE_INDEX.pk]: queueOf(host), [QUEUE_INDEX.sk]: `${new Date(submittedAt).toISOString()}#${id}` } : {}),
});

const listOf = (brand: string) => `BRAND#${brand}#CARDS`;
const queueOf = (host: string) => `CARDS#${host}`;

const cardIn = (item: Item): Card => restored(schemas.card, item);
