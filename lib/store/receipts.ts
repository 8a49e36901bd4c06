import type { ReceiptStore } from "../app/ports/call.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** Answers kept under callers' Idempotency-Keys; written by `commit` with the change they answer for. */
export function receiptStore(registry: Table): ReceiptStore {
  return {
    async find(id) {
      const item = await registry.get(keys.receipt(id));
      return item && { fingerprint: String(item["fingerprint"]), reply: item["reply"] };
    },
  };
}
