import type { Reason } from "../domain/refusal.ts";

/**
 * Says whether a value fits, and, where there is a list for them, of one that does not why: each fault with its JSON pointer (RFC 6901).
 * For the request that is too frequent for zod; the contract in zod stays what is published, and a test holds the two together.
 * Nearly all fit, and pointers are text to be made: what asks without a list pays for none.
 */
export type Shape = (value: unknown, faults: Faults | null) => boolean;

/** Faults found so far, and where in the value the shape stands. */
export class Faults {
  readonly found: Reason[] = [];
  #pointer = "";

  add(code: string, detail: string, member = ""): void {
    this.found.push({ code, field: this.#pointer + member, detail });
  }

  /** What the shape of a member says, with its faults where it stands. */
  within(member: string | number, shape: Shape, value: unknown): boolean {
    const outside = this.#pointer;
    this.#pointer = `${outside}/${member}`;
    const fits = shape(value, this);
    this.#pointer = outside;
    return fits;
  }
}

const fault = (faults: Faults | null, code: string, detail: string): false => {
  faults?.add(code, detail);
  return false;
};

const member = (name: string | number, shape: Shape, value: unknown, faults: Faults | null): boolean =>
  faults === null ? shape(value, null) : faults.within(name, shape, value);

/** A text that `is` knows, of characters that are whole. */
const textOf =
  (is: (text: string) => boolean, detail: string): Shape =>
  (value, faults) =>
    (typeof value === "string" && is(value)) || fault(faults, "invalid-text", detail);

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
  (value, faults) =>
    (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) ||
    fault(faults, "invalid-number", `A whole number from ${min} to ${max}.`);

export const listOf =
  (item: Shape, max: number): Shape =>
  (value, faults) => {
    if (!Array.isArray(value) || value.length > max) return fault(faults, "invalid-list", `A list of at most ${max}.`);
    let fits = true;
    for (let index = 0; index < value.length; index++) fits = member(index, item, value[index], faults) && fits;
    return fits;
  };

/** An object with these members and no others; all of `required`, and any of `optional`. */
export function objectOf(required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  const known = new Map(
    [...Object.entries(required), ...Object.entries(optional)].map(([name, shape]) => [
      name,
      { shape, isNeeded: Object.hasOwn(required, name) },
    ]),
  );
  const needed = Object.keys(required);
  return (value, faults) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return fault(faults, "invalid-object", "An object.");
    let fits = true;
    let found = 0;
    let isKnown = true;
    for (const name of Object.keys(value)) {
      const one = known.get(name);
      if (!one) isKnown = false;
      else {
        fits = member(name, one.shape, (value as Record<string, unknown>)[name], faults) && fits;
        if (one.isNeeded) found++;
      }
    }
    // Once, however many: what is answered is not longer than what was asked.
    if (!isKnown) fits = fault(faults, "unrecognized-keys", "Not every member of it is known here.");
    if (found === needed.length) return fits;
    for (const name of needed) if (!Object.hasOwn(value, name)) faults?.add("missing", "It is needed.", `/${name}`);
    return false;
  };
}
