import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { keyOf, type Row, rowsOf } from "../local/table-rows.ts";
import type { Step } from "./fates.ts";
import type { Stage } from "./stage.ts";

/** Violations that a rehearsal can be made to commit, to see that it sees them. What each does is the last thing a reader of the tables would suspect. */
export const PLANTS = ["early-window", "kept-key", "double-count", "lost-application", "lost-audit", "viewer-kept"] as const;
export type Plant = (typeof PLANTS)[number];

const EARLY_MS = 2_000;

/** Where the rehearsal gives a violation the chance to happen; without one, nothing does. */
export function plants({ client, tables }: Stage, plant: Plant | undefined) {
  const { registry, delivery } = tables;
  let isKept = false;

  const firstOf = async (table: string, prefix: string): Promise<Row> => {
    const row = (await rowsOf(client, table)).find(({ pk }) => pk?.S?.startsWith(prefix));
    if (!row) throw new Error(`no row begins with ${prefix}: nothing to plant in`);
    return row;
  };
  const forget = async (prefix: string) => {
    const { pk, sk } = await firstOf(registry, prefix);
    if (pk && sk) await client.send(new DeleteItemCommand({ TableName: registry, Key: { pk, sk } }));
  };
  const lineup = async () => (await rowsOf(client, registry)).filter(({ pk }) => pk?.S?.startsWith("LINEUP#"));

  return {
    /** The season as it is sent to be published. */
    published(body: unknown): unknown {
      if (plant !== "early-window") return body;
      const { phases, ...rest } = body as { readonly phases: readonly { readonly opensAt: string }[] };
      const [first, ...others] = phases;
      const opensAt = new Date(Date.parse(first?.opensAt ?? "") - EARLY_MS).toISOString();
      return { ...rest, phases: [{ ...first, opensAt }, ...others] };
    },

    /** Before a step; what comes back is done after it. */
    async beforeStep(step: Step): Promise<(() => Promise<void>) | undefined> {
      if (plant !== "kept-key" || isKept || step.verb !== "turn-grant" || step.turn !== "revoke") return undefined;
      isKept = true;
      const before = await lineup();
      return async () => {
        const after = new Map((await lineup()).map((row) => [keyOf(row), row]));
        const changed = before.filter((row) => JSON.stringify(after.get(keyOf(row))) !== JSON.stringify(row));
        for (const Item of changed) await client.send(new PutItemCommand({ TableName: registry, Item }));
      };
    },

    /** When all has been played. */
    async beforeInspection(viewer: string): Promise<void> {
      if (plant === "lost-application") await forget("APPLICATION#");
      if (plant === "lost-audit") await forget("AUDIT#application/");
      if (plant === "viewer-kept")
        await client.send(new PutItemCommand({ TableName: delivery, Item: { pk: { S: "SEEN" }, sk: { S: `${viewer}-1` } } }));
      if (plant !== "double-count") return;
      const { pk, sk } = await firstOf(delivery, "TALLY#");
      if (pk && sk)
        await client.send(
          new UpdateItemCommand({
            TableName: delivery,
            Key: { pk, sk },
            UpdateExpression: "ADD #counter :one",
            ExpressionAttributeNames: { "#counter": "count:impressions" },
            ExpressionAttributeValues: { ":one": { N: "1" } },
          }),
        );
    },
  };
}
