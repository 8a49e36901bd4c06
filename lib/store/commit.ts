import { fromWire, type Schema, toWire } from "../contracts/wire.ts";
import type { AuditEvent } from "../domain/audit.ts";
import { Refusal, type RefusalCode } from "../domain/refusal.ts";
import { keys } from "./keys.ts";
import { ConditionFailed, type Key, type Table, type TransactItems } from "./table.ts";

/** A thing to be put, and what has to be true of what is there. */
export interface Write {
  readonly key: Key;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** `absent`: nothing is there. A number: the stored version. `any`: whatever is there. */
  readonly over: "absent" | "any" | number;
  /** What it means when that is not so. */
  readonly otherwise: RefusalCode;
}

/**
 * The only way state is changed in the Registry: the things, their audit event and their outbox entry, in one transaction.
 * Every item carries the event's id, so that a condition failed by our own earlier try, whose answer was lost, is known
 * for what it is: success (reliability.md F6, F9).
 * @throws Refusal as the writes say; Unavailable.
 */
export async function commit(table: Table, writes: readonly Write[], event: AuditEvent): Promise<void> {
  const { subject, version } = event;
  const record = { doc: { ...event, at: new Date(event.at).toISOString() } };
  const all: readonly Write[] = [
    ...writes,
    { key: keys.audit(subject, version), attributes: record, over: "absent", otherwise: "changed-meanwhile" },
    { key: keys.outbox(subject, version), attributes: record, over: "absent", otherwise: "changed-meanwhile" },
  ];
  try {
    await table.transact(
      all.map((write) => put(table.name, write, event.id)),
      event.id,
    );
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    if (error.found.some((item) => item["commit"] === event.id)) return;
    throw new Refusal(all[error.index]?.otherwise ?? "changed-meanwhile");
  }
}

function put(TableName: string, { key, attributes, over }: Write, commitId: string): TransactItems[number] {
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

/** A thing as it is stored: its wire form, readable by people, under `doc`. */
export const stored = <T>(schema: Schema<T>, thing: T): { readonly doc: unknown } => ({ doc: toWire(schema, thing) });

/** A stored thing as the domain knows it. @throws ZodError when the item is not what we write: our bug, never the caller's. */
export const restored = <T>(schema: Schema<T>, item: { readonly [attribute: string]: unknown }): T => fromWire(schema, item["doc"]);
