import { afterAll, expect, test } from "@jest/globals";
import { lambdaContext } from "../../../scripts/local/http-event.ts";
import type { Row } from "../../../scripts/local/table-rows.ts";
import { type Gate, openGate } from "../../support/gate.ts";
import { newBrand, stepsOf } from "../../support/gate-steps.ts";

const gate: Gate = await openGate();
afterAll(() => gate.close());
const go = stepsOf(gate);
await go.season();
/** As AWS calls it; the gate's own stream does not say what a function answers. */
const { handler } = await import("../../../functions/announce.ts");
const announce = (records: readonly object[]) =>
  (handler as (event: unknown, context: unknown) => Promise<unknown>)({ Records: records }, lambdaContext());

const outbox = async (brand: string): Promise<readonly Row[]> =>
  (await gate.rows()).registry.filter((row) => row["pk"]?.S?.startsWith("OUTBOX#") && JSON.stringify(row).includes(brand));
const record = (row: Row, sequence: number, eventName = "INSERT") => ({
  eventName,
  dynamodb: { Keys: { pk: row["pk"], sk: row["sk"] }, NewImage: row, SequenceNumber: String(sequence) },
});
const told = async (as: ReturnType<typeof newBrand>) => (await gate.call("GET /v1/whitelist/changes", { as })).body.changes.length;

/** Three brands' applications, of which the stream has not told yet. */
async function three() {
  const brands = [newBrand(), newBrand(), newBrand()];
  for (const brand of brands) await go.apply(brand);
  const rows = (await Promise.all(brands.map(({ tenant }) => outbox(tenant)))).flat();
  expect(rows).toHaveLength(3);
  return { brands, rows };
}

test("a record that cannot be read is named, with those before it announced; the others follow once it has been put aside", async () => {
  const { brands, rows } = await three();
  const records = rows.map((row, n) => record(row, n + 1));
  const poisoned = records.with(1, record({ ...rows[1], doc: { S: "nonsense" } }, 2));
  expect(await announce(poisoned)).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
  expect(await Promise.all(brands.map(told))).toEqual([1, 0, 0]);
  expect(await announce(poisoned.slice(1))).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
  expect(await announce(poisoned.slice(2))).toEqual({ batchItemFailures: [] });
  expect(await Promise.all(brands.map(told))).toEqual([1, 0, 1]);
  expect(gate.log.filter(({ event }) => event === "announcement-failed")).toMatchObject([{ sequence: "2" }, { sequence: "2" }]);
});

test("a batch that comes three times, whole and in parts, is announced once", async () => {
  const { brands, rows } = await three();
  const records = rows.map((row, n) => record(row, n + 1));
  await Promise.all([announce(records), announce(records), announce(records.slice(1))]);
  await announce(records);
  expect(await Promise.all(brands.map(told))).toEqual([1, 1, 1]);
});

test("what is no new outbox item is let by: its own marks, other items, and items that went", async () => {
  const { brands, rows } = await three();
  const [row] = rows;
  if (!row) throw new Error("there are three");
  const others = [
    record(row, 1, "MODIFY"),
    record({ ...row, pk: { S: "SEASONS" } }, 2),
    { eventName: "REMOVE", dynamodb: { Keys: { pk: row["pk"], sk: row["sk"] }, SequenceNumber: "3" } },
    {},
  ];
  expect(await announce(others)).toEqual({ batchItemFailures: [] });
  expect(await announce([])).toEqual({ batchItemFailures: [] });
  expect(await Promise.all(brands.map(told))).toEqual([0, 0, 0]);
});
