import * as z from "zod";
import type { Reason } from "../domain/refusal.ts";

/** Describes a `T`. */
export type Schema<T> = z.ZodType<T>;

/** What a schema gives once parsed; undefined for a part that an endpoint does not have. */
export type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** At most this many faults are told at once. */
const MOST_FAULTS = 50;

/** A value from outside, or every way in which it does not fit, each with a JSON pointer (RFC 6901). */
export function fromOutside(schema: z.ZodType, value: unknown): { readonly value: unknown } | { readonly faults: readonly Reason[] } {
  const found = schema.safeParse(value);
  if (found.success) return { value: found.data };
  return {
    faults: found.error.issues.slice(0, MOST_FAULTS).map(({ code, path, message }) => ({
      code: code.replaceAll("_", "-"),
      field: path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
      detail: message,
    })),
  };
}

/** A thing in its wire form: instants in RFC 3339, nothing the schema does not name. @throws ZodError when it does not fit: our bug. */
export const toWire = <T>(schema: Schema<T>, thing: T): unknown => z.encode(schema, thing);

/** A thing from its wire form that we wrote ourselves. @throws ZodError when it is not what we write: our bug. */
export const fromWire = <T>(schema: Schema<T>, wire: unknown): T => z.decode(schema, wire as never);
