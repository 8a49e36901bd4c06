import type { EventKind, InvalidReason } from "./delivery-event.ts";
import type { System } from "./targeting.ts";

/** What is known of where an event came from, at the moment it is told. Nothing of it is kept but the reason it gives. */
export interface Signs {
  /** The User-Agent header; empty when there was none. */
  readonly agent: string;
  /** A machine that says so, by the list of known ones. */
  readonly isBot: boolean;
  /** Its address is of a data centre, where no viewer sits. */
  readonly isDataCentre: boolean;
  /** Events of this kind that its viewer told in the current minute, this one included, as far as this instance heard of them. */
  readonly recent: number;
}

/** A tap sooner than this after its impression is nobody's finger. Milliseconds. */
const FASTEST_TAP_MS = 300;

/**
 * Most a viewer tells in a minute. Far above what a person does, since many share an address and an agent behind one
 * carrier's translation of addresses.
 */
const MOST_A_MINUTE = { impression: 600, viewable: 600, "sub-second": 600, click: 60, outcome: 60 } as const satisfies Record<
  EventKind,
  number
>;

/** What phones' own HTTP libraries call themselves: a host's app may tell a showing without a browser; a tap needs one. */
const PHONE_LIBRARY = /^Dalvik\/|\bCFNetwork\/[\d.]+ Darwin\//;
const BROWSER = /^Mozilla\/5\.0 \(/;

/** Why an event is invalid by its signs alone; null when they say nothing against it. The first that holds is told. */
export function trafficReason(kind: EventKind, { agent, isBot, isDataCentre, recent }: Signs, os: System | null): InvalidReason | null {
  const isPhoneLibrary = kind !== "click" && kind !== "outcome" && PHONE_LIBRARY.test(agent);
  if (isBot) return "bot";
  if (!BROWSER.test(agent) && !isPhoneLibrary) return "no-agent";
  if (os !== null && isOfAnother(agent, os)) return "agent-mismatch";
  if (isDataCentre) return "data-centre";
  return recent > MOST_A_MINUTE[kind] ? "too-many" : null;
}

/** Why a tap is invalid by when its impression was, which is undefined when none is known. */
export function tapReason(at: number, shownAt: number | undefined): InvalidReason | null {
  if (shownAt === undefined) return "no-impression";
  return at - shownAt < FASTEST_TAP_MS ? "too-fast" : null;
}

/**
 * Whether an agent is not of the system that the host said. HarmonyOS calls itself Android too, up to version 4; an iPad that asks for
 * desktop pages calls itself a Macintosh.
 */
function isOfAnother(agent: string, os: System): boolean {
  const isApple = /\b(?:iPhone|iPad|iPod|Macintosh|Darwin)\b/.test(agent);
  const isAndroid = /\b(?:Android|HarmonyOS|OpenHarmony)\b/.test(agent);
  return os === "ios" ? !isApple || isAndroid : !isAndroid || isApple;
}
