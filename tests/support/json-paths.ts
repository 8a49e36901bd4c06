type Step = string | number;
export type Path = readonly Step[];

/** Every place in a JSON value but the root. */
export function pathsOf(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [];
  const steps: readonly Step[] = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return steps.flatMap((step) => [[...at, step], ...pathsOf((value as Record<Step, unknown>)[step], [...at, step])]);
}

export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<Step, unknown>)[step], value);

/** A copy with something else at the place; undefined takes it away. */
export function withValue<T>(value: T, path: Path, replacement: unknown): T {
  const copy = structuredClone(value);
  const last = path.at(-1) ?? "";
  const parent = valueAt(copy, path.slice(0, -1)) as Record<Step, unknown>;
  if (replacement === undefined) delete parent[last];
  else parent[last] = replacement;
  return copy;
}

/** Every object in a JSON value, the root first. */
export const objectsIn = (value: unknown): readonly Path[] =>
  [[], ...pathsOf(value)].filter((path) => {
    const found = valueAt(value, path);
    return typeof found === "object" && found !== null && !Array.isArray(found);
  });

const HOLE = "@hole@";

/** The JSON text of a value with any text at the place: numbers, keys and escapes that no JavaScript value is written as. */
export const textWith = (value: unknown, path: Path, raw: string): string =>
  JSON.stringify(withValue(value, path, HOLE)).replace(JSON.stringify(HOLE), () => raw);

/** The JSON text of a value with one more member, of any name, in the object at the place. */
export const textWithMember = (value: unknown, path: Path, member: string): string =>
  JSON.stringify(
    path.length === 0 ? { [HOLE]: 0, ...(value as object) } : withValue(value, path, { [HOLE]: 0, ...(valueAt(value, path) as object) }),
  ).replace(`${JSON.stringify(HOLE)}:0`, () => member);

export const pointer = (path: Path) => path.map((step) => `/${step}`).join("");
