import * as z from "zod";
import type { Instant } from "../domain/window.ts";
import { isOfZone, offsetAt, type TypedInstant } from "../domain/zone.ts";
import { instant } from "./primitives.ts";

/** Told from every other object by its class. */
class Typed implements TypedInstant {
  readonly at: Instant;
  readonly offset: string | null;

  constructor(text: string, at: Instant) {
    this.at = at;
    this.offset = /[+-]\d\d:\d\d$/.exec(text)?.[0] ?? null;
  }
}

/** RFC 3339 with an explicit offset, to be judged once the zone is known: by `settled`, where that is in the same body. */
export const typedInstant = z.iso
  .datetime({ offset: true })
  .transform((text, context) => {
    const { data, error } = instant.safeParse(text);
    for (const { message } of error?.issues ?? []) context.addIssue({ code: "custom", message });
    return new Typed(text, data ?? 0);
  })
  .meta({ override: { type: "string", format: "date-time", examples: ["2024-05-20T20:00:00+08:00"] } });

type Settled<T> = T extends Typed ? Instant : T extends object ? { [K in keyof T]: Settled<T[K]> } : T;

/** The value with plain instants in it; each that was typed with an offset its zone does not have then is a fault. */
export function settled<T extends { readonly zone: string }>(value: T, context: z.RefinementCtx): Settled<T> {
  const { zone } = value;
  const settle = (part: unknown, path: readonly (string | number)[]): unknown => {
    if (part instanceof Typed) {
      if (!isOfZone(zone, part))
        context.addIssue({
          code: "custom",
          path: [...path],
          message: `${zone} is at ${offsetAt(zone, part.at)} then, not at ${part.offset}.`,
        });
      return part.at;
    }
    if (Array.isArray(part)) return part.map((each, index) => settle(each, [...path, index]));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, settle(each, [...path, key])]));
  };
  return settle(value, []) as Settled<T>;
}
