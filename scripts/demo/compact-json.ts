const WIDTH = 110;

/** JSON for a person: whatever fits on a line stands on one. Strings are shown as `shorten` gives them. */
export function compactJson(value: unknown, margin: string, shorten: (text: string) => string): string {
  const oneLine = JSON.stringify(value, (_key, inner) => (typeof inner === "string" ? shorten(inner) : inner));
  if (margin.length + oneLine.length <= WIDTH || typeof value !== "object" || value === null) return oneLine;
  const inside = `${margin}  `;
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${inside}${isList ? "" : `${JSON.stringify(key)}: `}${compactJson(inner, inside, shorten)}`,
  );
  return `${isList ? "[" : "{"}\n${entries.join(",\n")}\n${margin}${isList ? "]" : "}"}`;
}
