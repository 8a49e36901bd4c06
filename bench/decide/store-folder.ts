import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Snapshot } from "../../lib/domain/snapshot.ts";
import { keys } from "../../lib/store/keys.ts";
import { packSnapshot } from "../../lib/store/snapshot-content.ts";
import { answerFile } from "./answer-file.ts";

/** An item holds at most 400 KB. Bytes. */
const PART_BYTES = 350_000;

/** Puts DynamoDB's answers about a published snapshot into a folder, as the bundled function asks for them. */
export function publishInto(folder: string, snapshot: Snapshot): void {
  const put = (key: { readonly pk: string; readonly sk: string }, attributes: object) =>
    writeFileSync(
      join(folder, answerFile("GetItem", key.pk, key.sk)),
      JSON.stringify({ Item: { pk: { S: key.pk }, sk: { S: key.sk }, ...attributes } }),
    );
  const bytes = packSnapshot(snapshot);
  const parts = Math.ceil(bytes.length / PART_BYTES);
  const fingerprint = "f".repeat(64);
  for (let part = 0; part < parts; part++)
    put(keys.snapshotPart(snapshot.surface, 1, fingerprint, part), {
      bytes: { B: bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES).toString("base64") },
    });
  put(keys.snapshotPointer(snapshot.surface), {
    version: { N: "1" },
    since: { N: "1" },
    fingerprint: { S: fingerprint },
    parts: { N: String(parts) },
  });
}
