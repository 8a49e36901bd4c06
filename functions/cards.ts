import { readCard, reviewCard, submitCard } from "../lib/app/cards.ts";
import { cards } from "../lib/contracts/cards.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = desk();

export const handler = endpoints(cards, { submit: submitCard(deps), read: readCard(deps), review: reviewCard(deps) }, deps);
