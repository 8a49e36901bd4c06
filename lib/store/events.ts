import { createHash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { EventStore } from "../app/ports/delivery.ts";
import { Unreadable } from "../app/ports/unreadable.ts";
import { deliveryEvent } from "../contracts/delivery-event.ts";
import type { DeliveryEvent } from "../domain/delivery-event.ts";
import { additionsOf, type StreamedRecord } from "../domain/fold.ts";
import { Refusal } from "../domain/refusal.ts";
import { restored, stored } from "./commit.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** Impressions and clicks, each a row put once: the truth that tallies are folded from. */
export function eventStore(delivery: Table): EventStore {
  return {
    record: (event) => {
      const item = { ...keys.event(event.decision, event.slot, event.kind), ...stored(deliveryEvent, event) };
      return event.kind === "impression" && event.lease !== "" ? confirmed(delivery, item, event) : delivery.putIfAbsent(item);
    },
    hasImpression: async (decision, slot) => (await delivery.get(keys.event(decision, slot, "impression"))) !== undefined,
  };
}

/**
 * The impression's row and its lease's count in one transaction: what a refund does not see was not told, however far behind the
 * stream may be. A lease that has been refunded takes no more. @throws Refusal `token-expired`.
 */
async function confirmed(delivery: Table, item: Item, event: Pick<DeliveryEvent, "campaign" | "lease" | "at">): Promise<boolean> {
  const TableName = delivery.name;
  const Key = keys.lease({ campaign: event.campaign, id: event.lease });
  try {
    await delivery.transact(
      [
        { Put: { TableName, Item: item, ConditionExpression: "attribute_not_exists(pk)" } },
        {
          Update: {
            TableName,
            Key,
            UpdateExpression: "ADD confirmed :one",
            ConditionExpression: "attribute_exists(pk)",
            ExpressionAttributeValues: { ":one": 1 },
          },
        },
      ],
      // The instant too: told again it is another row to put, which the first one's condition refuses.
      createHash("sha256").update(`confirm ${item.pk}#${item.sk} ${event.at}`).digest("hex").slice(0, 36),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    if (error.index === 0) return false;
    throw new Refusal("token-expired");
  }
}

/** A record of the Delivery table's stream, as far as we read it. */
export interface RowRecord {
  readonly eventName?: string | undefined;
  readonly dynamodb?: { readonly NewImage?: object | undefined; readonly SequenceNumber?: string | undefined } | undefined;
}

/** What a record of the stream adds to tallies: nothing when it is not of a new event. */
export function streamedRecord({ eventName, dynamodb }: RowRecord): StreamedRecord {
  const sequence = dynamodb?.SequenceNumber ?? "";
  if (eventName !== "INSERT" || !dynamodb?.NewImage) return { sequence, additions: [] };
  try {
    const item = unmarshall(dynamodb.NewImage as Record<string, AttributeValue>);
    return { sequence, additions: String(item["pk"]).startsWith("EVENT#") ? [additionsOf(restored(deliveryEvent, item))] : [] };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { sequence, additions: null };
  }
}
