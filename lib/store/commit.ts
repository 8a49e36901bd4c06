import type { Commitment, Receipt } from "../app/ports/call.ts";
import { Unreadable } from "../app/ports/unreadable.ts";
import { fromWire, type Schema, toWire } from "../contracts/wire.ts";
import { Refusal, type RefusalCode } from "../domain/refusal.ts";
import { ConditionFailed } from "./condition-failed.ts";
import { keys, waiting } from "./keys.ts";
import type { Key, Table, TransactItems } from "./table.ts";

/** A thing to be put, and what has to be true of what is there. */
export interface Put {
  readonly key: Key;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** `absent`: nothing is there. A number: the stored version. `any`: whatever is there. */
  readonly over: "absent" | "any" | number;
  /** What it means when that is not so. */
  readonly otherwise: RefusalCode;
}

/** A thing to be taken away, if it is there. */
export interface Removal {
  readonly key: Key;
  readonly remove: true;
}

/** A count to be moved; never above `atMost`, unless that is null. */
export interface Count {
  readonly key: Key;
  readonly add: number;
  readonly atMost: number | null;
  /** What it means when there is no more. */
  readonly otherwise: RefusalCode;
}

export type Write = Put | Removal | Count;

/**
 * The only way state is changed in the Registry: the things, their audit event, their outbox entry and the caller's receipt,
 * in one transaction. Every item carries the event's id, so that a condition failed by our own earlier try, whose answer was
 * lost, is known for what it is: success (reliability.md F6, F9).
 * @throws Refusal as the writes say; Unavailable.
 */
export async function commit(table: Table, writes: readonly Write[], commitment: Commitment): Promise<void> {
  await together(table, withRecords(writes, commitment), commitment.event.id);
}

/** The writes of a change with its audit event, its outbox entry and its receipt. */
export function withRecords(writes: readonly Write[], { event, receipt }: Commitment): readonly Write[] {
  const { subject, version } = event;
  const record = { doc: { ...event, at: new Date(event.at).toISOString() } };
  return [
    // First, so that a caller who sent the same request twice at once is told that, and not what it did to the second.
    ...(receipt ? [receiptWrite(receipt)] : []),
    ...writes,
    { key: keys.audit(subject, version), attributes: record, over: "absent", otherwise: "changed-meanwhile" },
    {
      key: keys.outbox(subject, version),
      attributes: { ...record, ...waiting(event.id) },
      over: "absent",
      otherwise: "changed-meanwhile",
    },
  ];
}

/** All writes in one transaction known by `id`, once. @throws Refusal as the writes say; Unavailable. */
export async function together(table: Table, all: readonly Write[], id: string): Promise<void> {
  try {
    await table.transact(
      all.map((write) => transactItem(table.name, write, id)),
      id,
    );
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    if (error.found.some((item) => item["commit"] === id)) return;
    const refused = all[error.index];
    throw new Refusal(refused && "otherwise" in refused ? refused.otherwise : "changed-meanwhile");
  }
}

const receiptWrite = ({ id, fingerprint, reply, keepUntil }: Receipt): Put => ({
  key: keys.receipt(id),
  attributes: { fingerprint, reply, expiresAt: keepUntil },
  over: "absent",
  otherwise: "answered-already",
});

/** A write as DynamoDB takes it, bearing the id of the change it is part of. */
export function transactItem(TableName: string, write: Write, commitId: string): TransactItems[number] {
  if ("remove" in write) return { Delete: { TableName, Key: write.key } };
  return "add" in write ? countItem(TableName, write) : putItem(TableName, write, commitId);
}

function countItem(TableName: string, { key, add, atMost }: Count): TransactItems[number] {
  const room = atMost === null || add < 0 ? undefined : atMost - add;
  // What has not been counted yet stands at none, which is too many where there is no room at all.
  const within = room !== undefined && room < 0 ? "#count <= :room" : "attribute_not_exists(#count) OR #count <= :room";
  return {
    Update: {
      TableName,
      Key: key,
      UpdateExpression: "ADD #count :add",
      ...(room === undefined ? {} : { ConditionExpression: within }),
      ExpressionAttributeNames: { "#count": "count" },
      ExpressionAttributeValues: { ":add": add, ...(room === undefined ? {} : { ":room": room }) },
    },
  };
}

function putItem(TableName: string, { key, attributes, over }: Put, commitId: string): TransactItems[number] {
  const Item = { ...key, ...attributes, commit: commitId };
  const ReturnValuesOnConditionCheckFailure = "ALL_OLD";
  if (over === "any") return { Put: { TableName, Item } };
  if (over === "absent")
    return { Put: { TableName, Item, ConditionExpression: "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure } };
  return {
    Put: {
      TableName,
      Item,
      ConditionExpression: "#version = :version",
      ExpressionAttributeNames: { "#version": "version" },
      ExpressionAttributeValues: { ":version": over },
      ReturnValuesOnConditionCheckFailure,
    },
  };
}

/** Where a thing's stored version has to stand for a change to this version. */
export const before = (version: number): "absent" | number => (version === 1 ? "absent" : version - 1);

/** A thing as it is stored: its wire form, readable by people, under `doc`. */
export const stored = <T>(schema: Schema<T>, thing: T): { readonly doc: unknown } => ({ doc: toWire(schema, thing) });

/** A stored thing as the domain knows it. @throws Unreadable when the item is not what we write. */
export function restored<T>(schema: Schema<T>, item: { readonly [attribute: string]: unknown }): T {
  try {
    return fromWire(schema, item["doc"]);
  } catch (cause) {
    throw new Unreadable(cause);
  }
}
