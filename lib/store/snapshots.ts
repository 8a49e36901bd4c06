import { createHash } from "node:crypto";
import { type SnapshotPointer, type SnapshotStore, Unavailable } from "../app/ports.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { keys } from "./keys.ts";
import type { Table } from "./table.ts";

/** An item holds at most 400 KB, keys and names included. Bytes. */
const PART_BYTES = 350_000;

/** Published snapshots, cut into parts, in the Delivery table. */
export function snapshotStore(delivery: Table): SnapshotStore {
  const readPointer = async (surface: string): Promise<SnapshotPointer | undefined> => {
    const item = await delivery.get(keys.snapshotPointer(surface));
    return item as (SnapshotPointer & typeof item) | undefined;
  };

  return {
    pointer: readPointer,

    async load(surface, { version, fingerprint, parts }) {
      const items = await Promise.all(
        Array.from({ length: parts }, (_, part) => delivery.get(keys.snapshotPart(surface, version, fingerprint, part))),
      );
      const bytes = items.map((item) => item?.["bytes"]).filter((part) => part instanceof Uint8Array);
      // A part that is gone belonged to a version superseded twice while we read: the pointer has moved on.
      if (bytes.length < parts) throw new Unavailable();
      return JSON.parse(Buffer.concat(bytes).toString()) as Snapshot;
    },

    async publish(snapshot, over, at) {
      const json = Buffer.from(JSON.stringify(snapshot));
      const fingerprint = createHash("sha256").update(json).digest("hex");
      if (over?.fingerprint === fingerprint) return true;
      const version = (over?.version ?? 0) + 1;
      const parts = Math.ceil(json.length / PART_BYTES);
      for (let part = 0; part < parts; part++)
        await delivery.put({
          ...keys.snapshotPart(snapshot.surface, version, fingerprint, part),
          bytes: json.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
        });
      const pointer: SnapshotPointer = { version, fingerprint, parts, publishedAt: at };
      const ours =
        (await delivery.putIfStill({ ...keys.snapshotPointer(snapshot.surface), ...pointer }, "version", over?.version)) ||
        (await readPointer(snapshot.surface))?.fingerprint === fingerprint;
      if (ours) await dropSuperseded(delivery, snapshot.surface, version);
      return ours;
    },
  };
}

/** The version before stays: an instance may be reading it. */
async function dropSuperseded(delivery: Table, surface: string, version: number): Promise<void> {
  const { pk } = keys.snapshotPointer(surface);
  const superseded = await delivery.queryAll({ pk, below: keys.snapshotVersion(version - 1) });
  for (const { sk } of superseded) await delivery.delete({ pk, sk });
}
