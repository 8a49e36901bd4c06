import * as z from "zod";
import { isPlain, tidy } from "../domain/text.ts";

const RFC_3339: { type: "string"; format: string; examples: string[] } = {
  type: "string",
  format: "date-time",
  examples: ["2024-05-20T20:00:00+08:00"],
};

/** RFC 3339 with an explicit offset on the wire, epoch milliseconds inside. */
export const instant = z
  .codec(z.iso.datetime({ offset: true }), z.number().refine(isWritable, "RFC 3339 writes the years 0000 to 9999, in UTC."), {
    decode: (text) => Date.parse(text),
    encode: (ms) => new Date(ms).toISOString(),
  })
  .meta({ override: RFC_3339 });

/** An offset can carry the last hours of 9999 into a year that cannot be written. */
function isWritable(instant: number): boolean {
  return /^\d{4}-/.test(new Date(instant).toISOString());
}

/** A calendar day. */
export const day = z.iso.date();

/** One line of visible text, kept in one spelling (`tidy`). `max` in characters. */
export const text = (max: number) =>
  z.string().max(max).refine(isPlain, "Control, zero-width, bidirectional and broken characters are not allowed.").overwrite(tidy).min(1);

export const names = z.strictObject({ zh: text(60), en: text(60) }).readonly();

/** A name in our own data: `wechat-moments`, `618-2024`. */
export const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "Lower-case letters, digits and inner hyphens, at most 64.");

/** A ULID with the prefix of its kind. */
export const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`), `An id like ${prefix}_01ARZ3NDEKTSV4RRFFQ69G5FAV.`);

/** Decimal digits, as marketplaces number stores and items. */
export const digits = z.string().regex(/^[1-9][0-9]{0,19}$/, "Decimal digits only.");

/** The SHA-256 of a file. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "A SHA-256 in lower-case hex.");

/** Whole fen, at most a hundred million yuan. */
export const fen = z.int().min(0).max(10_000_000_000);

export const list = <T extends z.ZodType>(item: T, max: number, min = 0) => z.array(item).min(min).max(max).readonly();

/** A whole number in an address or a query, whose values are texts. */
export const whole = (pattern: RegExp, maximum: number) =>
  z
    .codec(z.string().regex(pattern, `A whole number from 1 to ${maximum}.`), z.int(), { decode: Number, encode: String })
    .meta({ override: { type: "integer", minimum: 1, maximum } });

/** How much of a list one page has. */
export const limit = whole(/^(?:[1-9][0-9]?|100)$/, 100)
  .prefault("50")
  .meta({ override: { type: "integer", minimum: 1, maximum: 100, default: 50 } });
