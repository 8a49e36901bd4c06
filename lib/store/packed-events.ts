import { createHash } from "node:crypto";
import { Unreadable } from "../app/ports/unreadable.ts";
import { type DeliveryEvent, SHOWINGS, type Showing } from "../domain/delivery-event.ts";

/** Showings as a batch's row keeps them: about thirteen bytes each, where a row of its own is one whole write unit. */
export interface PackedEvents {
  /** What they have in common with others of the row, once. */
  readonly spots: readonly Spot[];
  /** The earliest. Epoch milliseconds. */
  readonly since: number;
  /** In base64 where a record of the stream has it. */
  readonly packed: Uint8Array | string;
}

type Spot = readonly [surface: string, season: string, phase: string, brand: string, campaign: string, card: string, marketplace: string];

const FINGERPRINT_BYTES = 8;
const LATE = 4;
const KIND = 3;

/** What an event of a batch is known by: 64 bits of its id, so that of a million in a minute no two are likely to meet. */
export const fingerprintOf = ({ decision, slot, kind }: Pick<DeliveryEvent, "decision" | "slot" | "kind">): string =>
  createHash("sha256")
    .update(`${decision}#${slot}#${kind}`)
    .digest("hex")
    .slice(0, 2 * FINGERPRINT_BYTES);

/** At least one event, all of them showings that are not invalid. For each: its fingerprint, kind and lateness, spot, and time. */
export function packEvents(events: readonly DeliveryEvent[]): PackedEvents {
  const since = Math.min(...events.map(({ at }) => at));
  const spots = new Map<string, { readonly index: number; readonly spot: Spot }>();
  const bytes: number[] = [];
  for (const event of events) {
    const { surface, season, phase, brand, campaign, card, marketplace, kind, late, at } = event;
    const spot: Spot = [surface, season, phase, brand, campaign, card, marketplace];
    const name = JSON.stringify(spot);
    const { index } = spots.get(name) ?? { index: spots.size };
    spots.set(name, { index, spot });
    bytes.push(...Buffer.from(fingerprintOf(event), "hex"), SHOWINGS.indexOf(kind as Showing) | (late ? LATE : 0));
    pushNumber(bytes, index);
    pushNumber(bytes, at - since);
  }
  return { spots: [...spots.values()].map(({ spot }) => spot), since, packed: Uint8Array.from(bytes) };
}

/** An event of a batch, and what it is known by. Of one placement it says what is counted by, and not which. */
export interface UnpackedEvent {
  readonly fingerprint: string;
  readonly event: DeliveryEvent;
}

/** @throws Unreadable when it is not what `packEvents` made. */
export function unpackEvents({ spots, since, packed }: PackedEvents): readonly UnpackedEvent[] {
  // A release before or after this one may have written it in another form.
  const isOurs = Array.isArray(spots) && spots.every(Array.isArray) && Number.isSafeInteger(since);
  if (!isOurs || !(typeof packed === "string" || ArrayBuffer.isView(packed))) throw new Unreadable("packed events");
  const bytes = typeof packed === "string" ? Buffer.from(packed, "base64") : Buffer.from(packed);
  const events: UnpackedEvent[] = [];
  for (let from = 0; from < bytes.length; ) {
    const fingerprint = bytes.toString("hex", from, from + FINGERPRINT_BYTES);
    const flags = bytes[from + FINGERPRINT_BYTES] ?? 0;
    const index = readNumber(bytes, from + FINGERPRINT_BYTES + 1);
    const delta = readNumber(bytes, index.next);
    const kind = SHOWINGS[flags & KIND];
    const spot = spots[index.value];
    if (!kind || !spot || delta.next > bytes.length) throw new Unreadable("packed events");
    const [surface, season, phase, brand, campaign, card, marketplace] = spot;
    const placed = {
      surface,
      season,
      phase,
      brand,
      campaign,
      card,
      marketplace,
      decision: "",
      slot: 0,
      os: null,
      hostVersion: "",
      lease: "",
    };
    const late = (flags & LATE) !== 0;
    events.push({ fingerprint, event: { ...placed, kind, late, at: since + delta.value, link: null, outcome: null, invalid: null } });
    from = delta.next;
  }
  return events;
}

/** Seven bits to a byte, the highest bit where more follow. */
function pushNumber(bytes: number[], n: number): void {
  let left = n;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  bytes.push(left);
}

function readNumber(bytes: Buffer, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let next = from;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[next++] ?? 0;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, next };
  }
}
