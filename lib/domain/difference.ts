import type { ApplicationForm } from "./application.ts";

/** One element that is not as it was: a JSON pointer, and its value before and after; null where there was or is none. */
export interface Difference {
  readonly element: string;
  readonly before: string | null;
  readonly after: string | null;
}

const FIELDS = [
  "marketplace",
  "surfaces",
  "names",
  "store",
  "categories",
  "documents",
  "contacts",
] as const satisfies (keyof ApplicationForm)[];

/** What differs between two versions of a form, element by element; nothing when there was none before. */
export function changesBetween(before: ApplicationForm | undefined, after: ApplicationForm): Difference[] {
  if (!before) return [];
  const [was, is] = [leaves(before), leaves(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((element) => was.get(element) !== is.get(element))
    .map((element) => ({ element, before: was.get(element) ?? null, after: is.get(element) ?? null }));
}

const leaves = (form: ApplicationForm): Map<string, string> => new Map(FIELDS.flatMap((field) => leavesOf(form[field], `/${field}`)));

function leavesOf(value: unknown, pointer: string): [pointer: string, value: string][] {
  if (typeof value !== "object" || value === null) return [[pointer, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${pointer}/${key}`));
}
