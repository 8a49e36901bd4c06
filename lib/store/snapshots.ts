import { createHash } from "node:crypto";
import type { SnapshotContent, SnapshotHistory, SnapshotPointer, SnapshotStore } from "../app/ports/snapshots.ts";
import type { Now } from "../app/ports/world.ts";
import { keys } from "./keys.ts";
import { packSnapshot } from "./snapshot-content.ts";
import { snapshotReader } from "./snapshot-reader.ts";
import type { Table } from "./table.ts";

/** An item holds at most 400 KB, keys and names included. Bytes. */
const PART_BYTES = 350_000;
/**
 * How long content is kept from when its parts were last written, and how little may be left of that before they are written
 * again while it is published. So what is superseded stays for 35 days, and what is current outlives a publisher that is away
 * as long. Seconds.
 */
const KEEP_S = 70 * 86_400;
const WRITE_AGAIN_S = KEEP_S / 2;
/** Rows of the history read at a time. */
const ROWS = 500;

/** Published snapshots, compressed and cut into parts, in the Delivery table; what was published before stays for a while. DynamoDB's clock is the machine's. */
export function snapshotStore(delivery: Table, machineNow: Now = () => Date.now()): SnapshotStore & SnapshotHistory {
  const machineSeconds = () => Math.floor(machineNow() / 1000);

  const { pointer: readPointer, load, recall } = snapshotReader(delivery);

  /** DynamoDB drops a row some time after its end: until then it is as good as gone (reliability.md F17). */
  const isKept = ({ keptUntil }: SnapshotContent) => machineSeconds() < keptUntil;

  return {
    pointer: readPointer,

    load,

    async publish(snapshot, over, at) {
      const fingerprint = createHash("sha256").update(JSON.stringify(snapshot)).digest("hex");
      const version = (over?.version ?? 0) + 1;
      const kept = over?.fingerprint === fingerprint ? over : undefined;
      const content =
        kept && kept.keptUntil - machineSeconds() > WRITE_AGAIN_S
          ? contentOf(kept)
          : await putParts(
              delivery,
              snapshot.surface,
              { fingerprint, since: kept?.since ?? version, sinceAt: kept?.sinceAt ?? at, keptUntil: machineSeconds() + KEEP_S },
              packSnapshot(snapshot),
            );
      // Before the pointer moves, so that what it leaves is known to history whatever happens next.
      if (over && !kept) await putHistory(delivery, snapshot.surface, contentOf(over));
      const pointer: SnapshotPointer = { ...content, version, publishedAt: at, renewedAt: machineNow() };
      return (
        (await delivery.putIfStill({ ...keys.snapshotPointer(snapshot.surface), ...pointer }, "version", over?.version)) ||
        isSame(pointer, await readPointer(snapshot.surface))
      );
    },

    async from(surface, at, most) {
      const current = await readPointer(surface);
      if (!current) return [];
      const found: SnapshotContent[] = [contentOf(current)];
      let after: string | undefined;
      // Newest first: what is asked about is mostly not long ago.
      while (found.every(({ sinceAt }) => sinceAt > at)) {
        const { pk, sk } = keys.published(surface, 0);
        const prefix = sk.slice(0, sk.indexOf("#") + 1);
        const page = await delivery.page({ pk, prefix }, { backwards: true, limit: ROWS, after });
        found.push(...page.items.map(contentOf).filter(({ since }) => since < current.since));
        after = page.last;
        if (after === undefined) break;
      }
      const first = found.findIndex(({ sinceAt }) => sinceAt <= at);
      const kept = first < 0 ? [] : found.slice(0, first + 1).reverse();
      return kept[0] && (kept.length === 1 || isKept(kept[0])) ? kept.slice(0, most) : [];
    },

    async content(surface, since) {
      const current = await readPointer(surface);
      if (current?.since === since) return contentOf(current);
      const row = await delivery.get(keys.published(surface, since));
      const content = row && contentOf(row);
      return content && isKept(content) ? content : undefined;
    },

    recall,
  };
}

/** What of an item is about the content. */
const contentOf = (item: object): SnapshotContent => {
  const { since, sinceAt, fingerprint, parts, keptUntil } = item as SnapshotContent;
  return { since, sinceAt, fingerprint, parts, keptUntil };
};

/** Our own write, whose answer was lost; or another's of the same content over the same version, which is as good. */
const isSame = (ours: SnapshotPointer, found: SnapshotPointer | undefined): boolean =>
  found?.version === ours.version && found.fingerprint === ours.fingerprint;

/** @returns the content as it then lies there. */
async function putParts(
  delivery: Table,
  surface: string,
  content: Omit<SnapshotContent, "parts">,
  bytes: Buffer,
): Promise<SnapshotContent> {
  const { since, fingerprint, keptUntil } = content;
  const parts = Math.ceil(bytes.length / PART_BYTES);
  for (let part = 0; part < parts; part++)
    await delivery.put({
      ...keys.snapshotPart(surface, since, fingerprint, part),
      bytes: bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
      expiresAt: keptUntil,
    });
  return { ...content, parts };
}

const putHistory = (delivery: Table, surface: string, content: SnapshotContent): Promise<void> =>
  delivery.put({ ...keys.published(surface, content.since), ...content, expiresAt: content.keptUntil });
