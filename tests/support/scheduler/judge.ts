import type { Item } from "../../../lib/store/table.ts";
import type { Order } from "./order.ts";
import type { Played } from "./play.ts";

interface Event {
  readonly id: string;
  readonly at: string;
  readonly version: number;
  readonly before: string;
  readonly after: string;
}

/** What the store holds of one order's season in the end. */
export interface Left {
  readonly season: Item | undefined;
  readonly audit: readonly Item[];
  readonly outbox: readonly Item[];
}

/** The items of each season, by its id. */
export function bySeason(items: readonly Item[]): ReadonlyMap<string, Left> {
  const left = new Map<string, { season?: Item; audit: Item[]; outbox: Item[] }>();
  for (const item of items) {
    const id = item.pk === "SEASONS" ? item.sk.replace("SEASON#", "") : item.pk.replace(/^(?:AUDIT|OUTBOX)#season\//, "");
    const of = left.get(id) ?? { audit: [], outbox: [] };
    left.set(id, of);
    if (item.pk === "SEASONS") of.season = item;
    else (item.pk.startsWith("AUDIT#") ? of.audit : of.outbox).push(item);
  }
  return left as ReadonlyMap<string, Left>;
}

const eventOf = ({ doc }: Item) => doc as Event;
const timeOf = (text: string) => Date.parse(text);

/** How the end differs from the only one there may be: each turn once, at its official time, with one audit event and one outbox entry. */
export function misjudged({ season, waves }: Order, { told }: Played, left: Left | undefined): string[] {
  const { opens, closes, reportFinal } = season.instants;
  const due = [
    ["scheduled", "open", opens],
    ["open", "closed", closes],
    ["closed", "archived", reportFinal],
  ] as const;
  const found = left?.season?.["doc"] as { status: string; version: number; turns: { to: string; officialAt: string; actualAt: string }[] };
  const wrong: string[] = [];
  const expectSame = (what: string, is: unknown, should: unknown) => {
    if (JSON.stringify(is) !== JSON.stringify(should)) wrong.push(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
  };
  if (!left || !found) return ["the season is gone"];

  expectSame("the record", [found.status, found.version, left.season?.["version"]], ["archived", due.length + 1, due.length + 1]);
  expectSame(
    "the turns",
    found.turns.map(({ to, officialAt }) => [to, timeOf(officialAt)]),
    due.map(([, to, officialAt]) => [to, officialAt]),
  );
  const ticked = new Set([...waves.flat().map(({ at }) => at), Math.max(...found.turns.map(({ actualAt }) => timeOf(actualAt)))]);
  for (const { to, officialAt, actualAt } of found.turns)
    if (timeOf(actualAt) < timeOf(officialAt) || !ticked.has(timeOf(actualAt)))
      wrong.push(`${to} was seen at ${actualAt}, when no tick could`);

  const chain = due.map(([before, after], index) => [before, after, index + 2, found.turns[index]?.actualAt]);
  for (const [name, items] of [
    ["the audit trail", left.audit],
    ["the outbox", left.outbox],
  ] as const) {
    const events = items.map(eventOf).sort((one, other) => one.version - other.version);
    expectSame(
      name,
      events.map(({ before, after, version, at }) => [before, after, version, at]),
      chain,
    );
  }
  expectSame("what is told", left.outbox.map((item) => eventOf(item).id).sort(), left.audit.map((item) => eventOf(item).id).sort());
  for (const [, to] of due) {
    const times = told.filter((turn) => turn.to === to).map(({ actualAt }) => actualAt);
    if (times.length > 1) wrong.push(`${times.length} ticks say that they recorded ${to}`);
  }
  return wrong;
}
