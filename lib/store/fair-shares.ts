import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { FairShareStore } from "../app/ports/fair-shares.ts";
import { Unreadable } from "../app/ports/unreadable.ts";
import type { Now } from "../app/ports/world.ts";
import type { Books } from "../domain/fair-share.ts";
import { ConditionFailed } from "./condition-failed.ts";
import type { KeptCorrection } from "./correction-reader.ts";
import { keys } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** For so long decisions are made again from what is superseded, as from snapshots. Seconds. */
const KEEP_S = 36 * 86_400;

/** Corrections of the fair share, and the accounts behind them, in the Delivery table. DynamoDB's clock is the machine's. */
export function fairShareStore(delivery: Table, machineNow: Now = () => Date.now()): FairShareStore {
  const books = async (surface: string, season: string): Promise<Books | undefined> => {
    const kept = await delivery.get(keys.books(surface, season));
    return kept && booksIn(kept);
  };

  return {
    books,

    async read(surface, season) {
      const [current, kept] = await Promise.all([delivery.get(keys.correction(surface)), books(surface, season)]);
      return { version: Number(current?.["version"] ?? 0), books: kept };
    },

    async save({ surface, season }, over, { books, weights, brands, categories }, until) {
      const kept: KeptCorrection = { weights, brands, categories };
      const version = over.version + 1;
      const correction = { version, at: books.at, season, until, doc: JSON.stringify(kept) };
      const expiresAt = Math.floor(machineNow() / 1_000) + KEEP_S;
      const bytes = gzipSync(JSON.stringify(books, rounded));
      const Put = (Item: Item) => ({ Put: { TableName: delivery.name, Item } });
      try {
        await delivery.transact(
          [
            {
              Put: {
                TableName: delivery.name,
                Item: { ...keys.correction(surface), ...correction },
                // Two ticks at once have read the same: the second has nothing to add.
                ConditionExpression: over.version === 0 ? "attribute_not_exists(pk)" : "version = :before",
                ...(over.version === 0 ? {} : { ExpressionAttributeValues: { ":before": over.version } }),
              },
            },
            Put({
              ...keys.formerCorrection(surface, version),
              ...correction,
              expiresAt,
            }),
            Put({ ...keys.books(surface, season), bytes }),
          ],
          // All that is written: of two ticks on either side of a second only when it is kept until differs.
          createHash("sha256")
            .update(JSON.stringify([surface, correction, expiresAt]))
            .update(bytes)
            .digest("hex")
            .slice(0, 36),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        return false;
      }
    },
  };
}

/** A millionth of an impression is nothing. */
const rounded = (_name: string, value: unknown) => (typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value);

/** @throws Unreadable when it is not what we write. */
function booksIn({ bytes }: Item): Books {
  try {
    return JSON.parse(gunzipSync(bytes as Uint8Array).toString());
  } catch (cause) {
    throw new Unreadable(cause);
  }
}
