import { createHash } from "node:crypto";
import type { SnapshotPointer, SnapshotStore } from "../app/ports/snapshots.ts";
import { Unavailable } from "../app/ports/unavailable.ts";
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

    async load(surface, { since, fingerprint, parts }) {
      const items = await Promise.all(
        Array.from({ length: parts }, (_, part) => delivery.get(keys.snapshotPart(surface, since, fingerprint, part))),
      );
      const bytes = items.map((item) => item?.["bytes"]).filter((part) => part instanceof Uint8Array);
      // A part that is gone belonged to content superseded twice while we read: the pointer has moved on.
      if (bytes.length < parts) throw new Unavailable();
      return JSON.parse(Buffer.concat(bytes).toString()) as Snapshot;
    },

    async publish(snapshot, over, at) {
      const json = Buffer.from(JSON.stringify(snapshot));
      const fingerprint = createHash("sha256").update(json).digest("hex");
      const parts = Math.ceil(json.length / PART_BYTES);
      const version = (over?.version ?? 0) + 1;
      const isNew = over?.fingerprint !== fingerprint;
      const [since, before] = isNew ? [version, over?.since ?? 0] : [over.since, over.before];
      if (isNew) await putParts(delivery, snapshot.surface, { since, fingerprint, parts }, json);
      const pointer: SnapshotPointer = { version, fingerprint, since, before, parts, publishedAt: at };
      const ours =
        (await delivery.putIfStill({ ...keys.snapshotPointer(snapshot.surface), ...pointer }, "version", over?.version)) ||
        isSame(pointer, await readPointer(snapshot.surface));
      if (ours && isNew) await dropSuperseded(delivery, snapshot.surface, before);
      return ours;
    },
  };
}

/** Our own write, whose answer was lost; or another's of the same content over the same version, which is as good. */
const isSame = (ours: SnapshotPointer, found: SnapshotPointer | undefined): boolean =>
  found?.version === ours.version && found.fingerprint === ours.fingerprint;

async function putParts(
  delivery: Table,
  surface: string,
  { since, fingerprint, parts }: Pick<SnapshotPointer, "since" | "fingerprint" | "parts">,
  json: Buffer,
): Promise<void> {
  for (let part = 0; part < parts; part++)
    await delivery.put({
      ...keys.snapshotPart(surface, since, fingerprint, part),
      bytes: json.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
    });
}

/** Parts first published before the content that an instance may still be reading. */
async function dropSuperseded(delivery: Table, surface: string, before: number): Promise<void> {
  const { pk } = keys.snapshotPointer(surface);
  const superseded = await delivery.queryAll({ pk, below: keys.snapshotVersion(before) });
  for (const { sk } of superseded) await delivery.delete({ pk, sk });
}
