import type { Reason } from "../domain/refusal.ts";

/**
 * Says whether a value fits, and of one that does not why, each fault with its JSON pointer (RFC 6901). For the request that is
 * too frequent for zod; the contract in zod stays what is published, and a test holds the two together.
 */
export type Shape = (value: unknown, pointer: string, faults: Reason[]) => boolean;

const fault = (faults: Reason[], code: string, field: string, detail: string): false => {
  faults.push({ code, field, detail });
  return false;
};

/** A text that `is` knows, of characters that are whole. */
const textOf =
  (is: (text: string) => boolean, detail: string): Shape =>
  (value, pointer, faults) =>
    (typeof value === "string" && is(value)) || fault(faults, "invalid-text", pointer, detail);

export const like = (pattern: RegExp, detail: string): Shape => textOf((text) => pattern.test(text), detail);

/** A character is a code point, as in the contract: two units at most, so that only what is longer in units has to be counted. */
export const textWithin = (min: number, max: number): Shape =>
  textOf(
    (text) => text.length >= min && (text.length <= max || (text.length <= 2 * max && [...text].length <= max)) && text.isWellFormed(),
    `A text of ${min} to ${max} characters.`,
  );

export const oneOf = (...values: readonly string[]): Shape => textOf((text) => values.includes(text), `One of ${values.join(", ")}.`);

export const wholeBetween =
  (min: number, max: number): Shape =>
  (value, pointer, faults) =>
    (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) ||
    fault(faults, "invalid-number", pointer, `A whole number from ${min} to ${max}.`);

export const listOf =
  (item: Shape, max: number): Shape =>
  (value, pointer, faults) => {
    if (!Array.isArray(value) || value.length > max) return fault(faults, "invalid-list", pointer, `A list of at most ${max}.`);
    let fits = true;
    for (let index = 0; index < value.length; index++) fits = item(value[index], `${pointer}/${index}`, faults) && fits;
    return fits;
  };

/** An object with these members and no others; all of `required`, and any of `optional`. */
export function objectOf(required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  const known = new Map(Object.entries({ ...required, ...optional }));
  const needed = Object.keys(required);
  return (value, pointer, faults) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return fault(faults, "invalid-object", pointer, "An object.");
    let fits = true;
    let found = 0;
    let isKnown = true;
    for (const name of Object.keys(value)) {
      const shape = known.get(name);
      if (!shape) isKnown = false;
      else fits = shape((value as Record<string, unknown>)[name], `${pointer}/${name}`, faults) && fits;
      if (shape && Object.hasOwn(required, name)) found++;
    }
    // Once, however many: what is answered is not longer than what was asked.
    if (!isKnown) fits = fault(faults, "unrecognized-keys", pointer, "Not every member of it is known here.");
    if (found < needed.length)
      for (const name of needed) if (!Object.hasOwn(value, name)) fits = fault(faults, "missing", `${pointer}/${name}`, "It is needed.");
    return fits;
  };
}
