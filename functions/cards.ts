import { changeOwnCard, lintCard, listCards, previewCard, readCard, reviewCard, submitCard } from "../lib/app/cards.ts";
import { cards } from "../lib/contracts/cards.ts";
import { cursorSigner } from "../lib/deps/cursor-signer.ts";
import { desk } from "../lib/deps/desk.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { imageStore } from "../lib/store/images.ts";

const deps = { ...desk(), images: imageStore(deliveryTable("write")), cursors: cursorSigner() };

export const handler = endpoints(
  cards,
  {
    submit: submitCard(deps),
    lint: lintCard(deps),
    list: listCards(deps),
    read: readCard(deps),
    preview: previewCard(deps),
    change: changeOwnCard(deps),
    review: reviewCard(deps),
  },
  deps,
);
