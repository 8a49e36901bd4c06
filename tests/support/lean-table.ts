import { ask } from "../../lib/deps/https.ts";
import { LeanTable } from "../../lib/store/lean-table.ts";

/** The deciding function's own way to a table, at this endpoint. */
export const leanTableAt = (endpoint: string, name: string, { maxAttempts = 2, timeoutMs = 1_000 } = {}): LeanTable =>
  new LeanTable(
    {
      post: ask,
      endpoint: new URL(endpoint),
      region: process.env["AWS_REGION"] ?? "eu-west-1",
      credentials: () => ({ accessKeyId: process.env["AWS_ACCESS_KEY_ID"] ?? "local", secretAccessKey: "local" }),
      maxAttempts,
      timeoutMs,
    },
    name,
  );
