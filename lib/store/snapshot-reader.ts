import type { SnapshotContent, SnapshotPointer } from "../app/ports/snapshots.ts";
import { Unavailable } from "../app/ports/unavailable.ts";
import { Unreadable } from "../app/ports/unreadable.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Reads } from "./reads.ts";
import { servingKeys } from "./serving-keys.ts";
import { unpackSnapshot } from "./snapshot-content.ts";

/** @throws Unreadable when the bytes are not what we write, as those of an earlier form are not. */
function unpacked(bytes: Buffer): Snapshot {
  try {
    return unpackSnapshot(bytes);
  } catch (cause) {
    throw new Unreadable(cause);
  }
}

/** Published snapshots, for those who serve from them. */
export function snapshotReader(delivery: Pick<Reads, "get">) {
  /** Undefined when a part is no longer kept. */
  const recall = async (surface: string, { since, fingerprint, parts }: SnapshotContent): Promise<Snapshot | undefined> => {
    const items = await Promise.all(
      Array.from({ length: parts }, (_, part) => delivery.get(servingKeys.snapshotPart(surface, since, fingerprint, part))),
    );
    const bytes = items.map((item) => item?.["bytes"]).filter((part) => part instanceof Uint8Array);
    return bytes.length < parts ? undefined : unpacked(Buffer.concat(bytes));
  };

  return {
    async pointer(surface: string): Promise<SnapshotPointer | undefined> {
      return (await delivery.get(servingKeys.snapshotPointer(surface))) as (SnapshotPointer & { pk: string; sk: string }) | undefined;
    },

    /** @throws Unavailable when a part is not there. */
    async load(surface: string, content: SnapshotContent): Promise<Snapshot> {
      const snapshot = await recall(surface, content);
      if (!snapshot) throw new Unavailable();
      return snapshot;
    },

    recall,
  };
}
