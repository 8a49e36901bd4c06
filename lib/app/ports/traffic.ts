import type { EventKind } from "../../domain/delivery-event.ts";
import type { Signs } from "../../domain/traffic.ts";
import type { Instant } from "../../domain/window.ts";
import type { Caller } from "./call.ts";

/** Reads the signs of whoever tells an event, and counts that they did. Neither address nor agent goes any further. */
export type ReadSigns = (caller: Caller, kind: EventKind, at: Instant) => Signs;
