import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { EventStore } from "../app/ports/delivery.ts";
import { Unreadable } from "../app/ports/unreadable.ts";
import { deliveryEvent } from "../contracts/delivery-event.ts";
import { type DeliveryEvent, SHOWINGS } from "../domain/delivery-event.ts";
import { type Addition, additionsOf, type StreamedRecord } from "../domain/fold.ts";
import { Refusal } from "../domain/refusal.ts";
import { bucketOf, readBucket, settleTaps, tokenOf, waitingRow, waitingTap } from "./buckets.ts";
import { restored, stored } from "./commit.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys } from "./keys.ts";
import { fingerprintOf, type PackedEvents, unpackEvents } from "./packed-events.ts";
import type { Item, Table } from "./table.ts";

/** What happened to placed cards, each a row put once: the truth that tallies are folded from. What came in batches stands in buckets. */
export function eventStore(delivery: Table): EventStore {
  const put = async (event: DeliveryEvent): Promise<boolean> => {
    const item = { ...keys.event(event.decision, event.slot, event.kind), ...stored(deliveryEvent, event) };
    if (event.kind === "impression" && event.lease !== "") return confirmed(delivery, item, event);
    if (event.kind === "click" && event.invalid === "no-impression") return waiting(delivery, item, event);
    return delivery.putIfAbsent(item);
  };
  return {
    async record(event) {
      if (!isShowing(event)) return put(event);
      const fingerprint = fingerprintOf(event);
      const { known } = await readBucket(delivery, bucketOf(event));
      if (known.has(fingerprint)) return false;
      const isNew = await put(event);
      if (event.kind === "impression") await settleTapOf(delivery, event, isNew);
      return isNew;
    },

    async impressionAt({ surface, decision, slot }) {
      const own = await ownImpressionAt(delivery, { decision, slot });
      if (own !== undefined) return own;
      const { known } = await readBucket(delivery, bucketOf({ surface, decision }));
      return known.get(fingerprintOf({ decision, slot, kind: "impression" }));
    },
  };
}

const isShowing = ({ kind }: DeliveryEvent): boolean => SHOWINGS.some((showing) => showing === kind);

/** When the impression was, by a row of its own. Consistent. */
async function ownImpressionAt(delivery: Table, { decision, slot }: Pick<DeliveryEvent, "decision" | "slot">): Promise<number | undefined> {
  const item = await delivery.get(keys.event(decision, slot, "impression"));
  return item && restored(deliveryEvent, item).at;
}

/** The tap that waits for this impression, if one does, now that the impression's row is there: by the first time it was told. */
async function settleTapOf(delivery: Table, event: DeliveryEvent, isNew: boolean): Promise<void> {
  const fingerprint = fingerprintOf(event);
  const waits = await delivery.get(keys.awaiting(bucketOf(event), fingerprint));
  if (!waits) return;
  const shownAt = (isNew ? undefined : await ownImpressionAt(delivery, event)) ?? event.at;
  await settleTaps(delivery, [waitingTap(waits)], new Map([[fingerprint, shownAt]]));
}

/** A tap whose impression is not known, with its mark where a batch that brings it looks; and if one has come meanwhile, settled. */
async function waiting(delivery: Table, item: Item, event: DeliveryEvent): Promise<boolean> {
  const TableName = delivery.name;
  const row = waitingRow(event);
  const isNew = await delivery
    .transact(
      [{ Put: { TableName, Item: item, ConditionExpression: "attribute_not_exists(pk)" } }, { Put: { TableName, Item: row } }],
      tokenOf("tap", TableName, event),
    )
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof ConditionFailed) return false;
        throw error;
      },
    );
  const [own, { known, awaiting }] = await Promise.all([ownImpressionAt(delivery, event), readBucket(delivery, row.pk)]);
  await settleTaps(delivery, awaiting, own === undefined ? known : new Map([...known, [String(row["fingerprint"]), own]]));
  return isNew;
}

/**
 * The impression's row and its lease's count in one transaction: what a refund does not see was not told, however far behind the
 * stream may be. A lease that has been refunded takes no more. @throws Refusal `token-expired`.
 */
async function confirmed(delivery: Table, item: Item, event: DeliveryEvent): Promise<boolean> {
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
      // All of it: told again, or by another, it is another row to put, which the first one's condition refuses.
      tokenOf("confirm", TableName, event),
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

/**
 * What a record of the stream adds to tallies: a new row its event, a batch's row all of its own, a tap that was settled what it is now
 * in place of what it was; anything else nothing.
 */
export function streamedRecord({ eventName, dynamodb }: RowRecord): StreamedRecord {
  const sequence = dynamodb?.SequenceNumber ?? "";
  if (!dynamodb?.NewImage || eventName === "REMOVE") return { sequence, additions: [] };
  try {
    return { sequence, additions: additionsIn(unmarshall(dynamodb.NewImage as Record<string, AttributeValue>), eventName === "INSERT") };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { sequence, additions: null };
  }
}

function additionsIn(item: Record<string, unknown>, isNew: boolean): readonly (readonly Addition[])[] {
  const [pk, sk] = [String(item["pk"]), String(item["sk"])];
  if (pk.startsWith("EVENTS#")) return isNew && keys.isBatch(sk) ? eventsInRow(item).map((event) => additionsOf(event)) : [];
  if (!pk.startsWith("EVENT#") || !(isNew || item["settled"] === true)) return [];
  const event = restored(deliveryEvent, item);
  return isNew ? [additionsOf(event)] : [[...additionsOf({ ...event, invalid: "no-impression" }, -1), ...additionsOf(event)]];
}

/** The events of a row of the Delivery table: of one of its own, or of a batch's; none of any other. @throws Unreadable. */
export function eventsInRow(item: Readonly<Record<string, unknown>>): readonly DeliveryEvent[] {
  const [pk, sk] = [String(item["pk"]), String(item["sk"])];
  if (pk.startsWith("EVENT#")) return [restored(deliveryEvent, item)];
  return pk.startsWith("EVENTS#") && keys.isBatch(sk) ? unpackEvents(item as unknown as PackedEvents).map(({ event }) => event) : [];
}
