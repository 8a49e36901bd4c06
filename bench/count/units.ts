import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { openClient } from "../../lib/store/client.ts";
import { dynamoDbClient } from "../../scripts/local/dynamodb-client.ts";

type Attribute = Readonly<Record<string, unknown>>;
type Row = Readonly<Record<string, Attribute>>;

/** Bytes of an item as DynamoDB counts them: names and texts in UTF-8, two digits to a byte, three and one an element for lists and maps. */
function sizeOf(row: Row): number {
  return Object.entries(row).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);
}

function sizeOfValue(value: Attribute): number {
  const [[type, held] = ["", undefined]] = Object.entries(value);
  if (type === "S") return Buffer.byteLength(String(held));
  if (type === "N") return Math.ceil(String(held).replace(/[-.]/g, "").length / 2) + 1;
  if (type === "B") return Buffer.from(held as string, typeof held === "string" ? "base64" : "utf8").length;
  if (type === "M") return 3 + sizeOf(held as Row) + Object.keys(held as Row).length;
  if (type === "L") return 3 + (held as readonly Attribute[]).reduce((sum, item) => sum + 1 + sizeOfValue(item), 0);
  return 1;
}

const unitsOf = (row: Row): number => Math.max(1, Math.ceil(sizeOf(row) / 1024));

/** A client to DynamoDB Local that counts, on the wire, the write units AWS would bill: each KB begun one, double in a transaction. */
export function meteredClient(endpoint: string) {
  const raw = dynamoDbClient(process.env);
  const client = openClient({ endpoint, maxAttempts: 1, timeoutMs: 10_000 });
  const meter = { units: 0 };

  /** What an update leaves is what it costs. */
  const after = async (TableName: string, Key: Row): Promise<Row> => {
    const { Item } = await raw.send(new GetItemCommand({ TableName, Key: Key as never, ConsistentRead: true }));
    return JSON.parse(
      JSON.stringify(Item ?? {}, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value)),
    );
  };

  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        const { body = "{}" } = (args.request ?? {}) as { readonly body?: string | Uint8Array };
        const answer = await next(args);
        const sent = JSON.parse(Buffer.from(body as string).toString());
        if (commandName.startsWith("Put")) meter.units += unitsOf(sent.Item);
        for (const { Put, Update, Delete } of sent.TransactItems ?? []) {
          if (Put) meter.units += 2 * unitsOf(Put.Item);
          if (Update) meter.units += 2 * unitsOf(await after(Update.TableName, Update.Key));
          // What was there is small: a mark.
          if (Delete) meter.units += 2;
        }
        return answer;
      },
    { step: "finalizeRequest", priority: "low", name: "meter" },
  );
  return {
    client: DynamoDBDocumentClient.from(client),
    /** Units since the last asking. */
    taken() {
      const { units } = meter;
      meter.units = 0;
      return units;
    },
    close() {
      client.destroy();
      raw.destroy();
    },
  };
}
