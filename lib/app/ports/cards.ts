import type { Card } from "../../domain/card.ts";
import type { Commitment } from "./call.ts";

export interface CardStore {
  get(id: string): Promise<Card | undefined>;
  create(card: Card, commitment: Commitment): Promise<void>;
  approve(card: Card, commitment: Commitment): Promise<void>;
  deny(card: Card, commitment: Commitment): Promise<void>;
}
