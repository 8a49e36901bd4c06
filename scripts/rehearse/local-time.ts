/** Writes instants in a season's zone, to the millisecond where there are any: `2024-05-20 20:00:00`. The `sv-SE` locale writes ISO's order. */
export function inZone(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return (at) => {
    const ms = ((at % 1_000) + 1_000) % 1_000;
    return `${format.format(at)}${ms === 0 ? "" : `.${String(ms).padStart(3, "0")}`}`;
  };
}
