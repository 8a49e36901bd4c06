import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { SnapshotContent, SnapshotHistory, SnapshotPointer, SnapshotStore } from "../app/ports/snapshots.ts";
import { Unavailable } from "../app/ports/unavailable.ts";
import type { Now } from "../app/ports/world.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { keys } from "./keys.ts";
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
/** The first byte of what gzip makes (RFC 1952 §2.3.1). */
const GZIP = 0x1f;
/** Rows of the history read at a time. */
const ROWS = 500;

/** Published snapshots, compressed and cut into parts, in the Delivery table; what was published before stays for a while. DynamoDB's clock is the machine's. */
export function snapshotStore(delivery: Table, machineNow: Now = () => Date.now()): SnapshotStore & SnapshotHistory {
  const machineSeconds = () => Math.floor(machineNow() / 1000);

  const readPointer = async (surface: string): Promise<SnapshotPointer | undefined> => {
    const item = await delivery.get(keys.snapshotPointer(surface));
    // One that was written before history was kept says neither.
    return item && ({ sinceAt: item["publishedAt"], keptUntil: 0, ...item } as SnapshotPointer & typeof item);
  };

  const readParts = async (surface: string, { since, fingerprint, parts }: SnapshotContent): Promise<Snapshot | undefined> => {
    const items = await Promise.all(
      Array.from({ length: parts }, (_, part) => delivery.get(keys.snapshotPart(surface, since, fingerprint, part))),
    );
    const bytes = items.map((item) => item?.["bytes"]).filter((part) => part instanceof Uint8Array);
    if (bytes.length < parts) return undefined;
    const whole = Buffer.concat(bytes);
    // One that was written before snapshots were compressed begins with a brace.
    return JSON.parse((whole[0] === GZIP ? gunzipSync(whole) : whole).toString()) as Snapshot;
  };

  /** DynamoDB drops a row some time after its end: until then it is as good as gone (reliability.md F17). */
  const isKept = ({ keptUntil }: SnapshotContent) => machineSeconds() < keptUntil;

  return {
    pointer: readPointer,

    async load(surface, content) {
      const snapshot = await readParts(surface, content);
      if (!snapshot) throw new Unavailable();
      return snapshot;
    },

    async publish(snapshot, over, at) {
      const json = Buffer.from(JSON.stringify(snapshot));
      const fingerprint = createHash("sha256").update(json).digest("hex");
      const version = (over?.version ?? 0) + 1;
      const kept = over?.fingerprint === fingerprint ? over : undefined;
      const content =
        kept && kept.keptUntil - machineSeconds() > WRITE_AGAIN_S
          ? contentOf(kept)
          : await putParts(
              delivery,
              snapshot.surface,
              { fingerprint, since: kept?.since ?? version, sinceAt: kept?.sinceAt ?? at, keptUntil: machineSeconds() + KEEP_S },
              json,
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

    recall: readParts,
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
async function putParts(delivery: Table, surface: string, content: Omit<SnapshotContent, "parts">, json: Buffer): Promise<SnapshotContent> {
  const { since, fingerprint, keptUntil } = content;
  const bytes = gzipSync(json);
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
