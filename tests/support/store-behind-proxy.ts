import "./node-errors.ts";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { type ClientSettings, openClient } from "../../lib/store/client.ts";
import { type Item, Table } from "../../lib/store/table.ts";
import { dynamoDbClient } from "../../scripts/local/dynamodb-client.ts";
import { type FaultProxy, faultProxy } from "./fault-proxy.ts";
import { freshTables } from "./tables.ts";

/** Patient enough for a busy machine; a test of waiting asks for less. */
const SETTINGS = { maxAttempts: 4, timeoutMs: 5_000 };

export interface StoreBehindProxy {
  readonly proxy: FaultProxy;
  /** Part of the tables' names; ids that bear it are unique to this run. */
  readonly run: string;
  readonly registry: Table;
  readonly delivery: Table;
  /** The shipping client, with nothing but the proxy between it and the store. */
  client(settings?: Partial<Omit<ClientSettings, "endpoint">>): DynamoDBDocumentClient;
  /** A way past the proxy. */
  readonly direct: DynamoDBDocumentClient;
  /** Every item of the table, read past the proxy, in order of key. */
  items(table: Table): Promise<Item[]>;
  close(): Promise<void>;
}

/** A pair of empty tables and the stores' own way to them, with a fault proxy on it. */
export async function storeBehindProxy(
  settings: Partial<Omit<ClientSettings, "endpoint">> = {},
  seed = 1,
  tables: Parameters<typeof freshTables>[0] = {},
): Promise<StoreBehindProxy> {
  const names = await freshTables(tables);
  const run = /[0-9a-f]{12}/.exec(names.registry)?.[0] ?? "";
  const proxy = await faultProxy(process.env["DYNAMODB_ENDPOINT"] ?? "", { seed, run });
  const direct = DynamoDBDocumentClient.from(dynamoDbClient(process.env));
  const opened = [direct];
  const client: StoreBehindProxy["client"] = (other = {}) => {
    const one = openClient({ endpoint: proxy.endpoint, ...SETTINGS, ...settings, ...other });
    opened.push(one);
    return one;
  };
  return {
    proxy,
    run,
    client,
    direct,
    registry: new Table(client(), names.registry),
    delivery: new Table(client(), names.delivery),
    async items({ name }) {
      const found: Item[] = [];
      for await (const page of paginateScan({ client: direct }, { TableName: name, ConsistentRead: true }))
        found.push(...((page.Items ?? []) as Item[]));
      return found.sort((one, other) => compare(one.pk, other.pk) || compare(one.sk, other.sk));
    },
    async close() {
      for (const each of opened) each.destroy();
      await proxy.close();
    },
  };
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
