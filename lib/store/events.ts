import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { EventStore } from "../app/ports/delivery.ts";
import { deliveryEvent } from "../contracts/delivery-event.ts";
import type { DeliveryEvent } from "../domain/delivery-event.ts";
import { restored, stored } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** Impressions and clicks, each a row put once: the truth that tallies are folded from. */
export function eventStore(delivery: Table): EventStore {
  return {
    record: (event) => delivery.putIfAbsent({ ...keys.event(event.decision, event.slot, event.kind), ...stored(deliveryEvent, event) }),
    hasImpression: async (decision, slot) => (await delivery.get(keys.event(decision, slot, "impression"))) !== undefined,
  };
}

/** A record of the Delivery table's stream, as far as we read it. */
interface StreamRecord {
  readonly eventName?: string | undefined;
  readonly dynamodb?: { readonly NewImage?: object | undefined } | undefined;
}

/** The event whose row the record says is new; undefined for any other record. @throws Unreadable when the row is not what we write. */
export function eventInRecord({ eventName, dynamodb }: StreamRecord): DeliveryEvent | undefined {
  if (eventName !== "INSERT" || !dynamodb?.NewImage) return undefined;
  const item = unmarshall(dynamodb.NewImage as Record<string, AttributeValue>);
  return String(item["pk"]).startsWith("EVENT#") ? restored(deliveryEvent, item) : undefined;
}
