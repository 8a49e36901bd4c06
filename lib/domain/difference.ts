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
  return differences(leaves(before), leaves(after));
}

const leaves = (form: ApplicationForm): Leaf[] => FIELDS.flatMap((field) => leavesOf(form[field], `/${field}`));

/** The parts of a form, as JSON pointers. */
export const ELEMENTS: readonly string[] = ["season", ...FIELDS].map((field) => `/${field}`);

/** Whether the JSON pointer names something that the form has: a part, or what is in it. */
export const hasElement = (form: ApplicationForm, element: string): boolean =>
  ELEMENTS.includes(element) || leaves(form).some(([pointer]) => pointer === element || pointer.startsWith(`${element}/`));

/** What differs between two things, given their leaves. */
export function differences(before: readonly Leaf[], after: readonly Leaf[]): Difference[] {
  const [was, is] = [new Map(before), new Map(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((element) => was.get(element) !== is.get(element))
    .map((element) => ({ element, before: was.get(element) ?? null, after: is.get(element) ?? null }));
}

type Leaf = readonly [pointer: string, value: string];

/** Everything in a thing that holds nothing further, as text under its pointer. */
export function leavesOf(value: unknown, pointer: string): Leaf[] {
  if (typeof value !== "object" || value === null) return [[pointer, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${pointer}/${key}`));
}
