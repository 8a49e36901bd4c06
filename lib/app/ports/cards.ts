import type { Card } from "../../domain/card.ts";
import type { Commitment } from "./call.ts";
import type { ListPage, PageWanted } from "./pages.ts";

export interface CardStore {
  get(id: string): Promise<Card | undefined>;
  /** Newest first. May lag behind the latest writes. */
  ofBrand(brand: string, page: PageWanted): Promise<ListPage<Card>>;
  /** What waits for the host, longest first. May lag behind the latest writes. */
  waiting(host: string, page: PageWanted): Promise<ListPage<Card>>;
  /** As it is from now on: in its season's lineup when it is approved, and not otherwise. @throws Refusal `changed-meanwhile`. */
  save(card: Card, commitment: Commitment): Promise<void>;
}
