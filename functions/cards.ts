import { changeOwnCard, lintCard, listCards, readCard, reviewCard, submitCard } from "../lib/app/cards.ts";
import { cards } from "../lib/contracts/cards.ts";
import { cursorSigner } from "../lib/deps/cursor-signer.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = { ...desk(), cursors: cursorSigner() };

export const handler = endpoints(
  cards,
  {
    submit: submitCard(deps),
    lint: lintCard(deps),
    list: listCards(deps),
    read: readCard(deps),
    change: changeOwnCard(deps),
    review: reviewCard(deps),
  },
  deps,
);
