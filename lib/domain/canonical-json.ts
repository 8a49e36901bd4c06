/** What canonical JSON is written of here: no fractions, whose writing is the one thing that is hard about it. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** The one way to write the value as JSON (RFC 8785): names in order of their UTF-16 code units, no white space. */
export function canonicalJson(value: Plain): string {
  if (Array.isArray(value)) return `[${(value as readonly Plain[]).map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}
