import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type * as z from "zod";
import { cards } from "../../lib/contracts/cards.ts";
import { calendar, type Fact, surface } from "../../lib/contracts/catalogue.ts";
import { host } from "../../lib/contracts/hosts.ts";
import { marketplace } from "../../lib/contracts/marketplaces.ts";
import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import { contains, overlap } from "../../lib/domain/window.ts";

const read = (path: string) => JSON.parse(readFileSync(join("resources", path), "utf8"));
const filesIn = (folder: string) => readdirSync(join("resources", folder)).filter((name) => name.endsWith(".json"));
const calendarOf = (name: string): z.output<typeof calendar> => calendar.parse(read(`calendars/${name}.json`));
const at = (fact: Fact | undefined) => (fact && "at" in fact ? fact.at : undefined);

/** Every fact of a calendar, named by its place. */
const factsOf = ({ applicationsOpen, applicationsClose, phases }: z.output<typeof calendar>): [place: string, Fact][] => [
  ["applicationsOpen", applicationsOpen],
  ["applicationsClose", applicationsClose],
  ...phases.flatMap(({ id, opensAt, closesAt }): [string, Fact][] => [
    [`${id}.opensAt`, opensAt],
    [`${id}.closesAt`, closesAt],
  ]),
];

describe.each(filesIn("calendars"))("calendar %s", (name) => {
  const found = calendarOf(name.replace(".json", ""));

  test("is named after itself, in a zone by its full name", () => {
    expect(name).toBe(`${found.id}.json`);
    expect(found.zone).toBe("Asia/Shanghai");
    expect(new Set(found.phases.map(({ id }) => id)).size).toBe(found.phases.length);
  });

  test.each(factsOf(found))("%s has a source that says something, or says why it is not known", (_place, fact) => {
    if ("unknown" in fact) return expect(fact.unknown.length).toBeGreaterThan(30);
    expect(fact.source.note.length).toBeGreaterThan(30);
    if (fact.source.standing !== "recalled" && fact.source.standing !== "unverified") expect(fact.source.url).toMatch(/^https?:\/\//);
    if (fact.precision === "day") expect((fact.at + 8 * 3_600_000) % 86_400_000).toBe(0);
  });

  test("what is known of its phases stands in order, none inside another", () => {
    const instants = found.phases.flatMap(({ opensAt, closesAt }) => [at(opensAt), at(closesAt)]).filter((ms) => ms !== undefined);
    expect(instants).toEqual([...instants].sort((one, other) => one - other));
    const windows = found.phases.flatMap((phase) => {
      const [opensAt, closesAt] = [at(phase.opensAt), at(phase.closesAt)];
      return opensAt === undefined || closesAt === undefined ? [] : [{ opensAt, closesAt }];
    });
    for (const window of windows) {
      expect(contains(window, window.opensAt)).toBe(true);
      for (const other of windows) if (other !== window) expect(overlap(window, other)).toBe(false);
    }
  });

  test("applications, where both ends are known, open before they close, and close before the first phase opens", () => {
    const [open, close, first] = [at(found.applicationsOpen), at(found.applicationsClose), at(found.phases[0]?.opensAt)];
    if (open !== undefined && close !== undefined) expect(open).toBeLessThan(close);
    if (open !== undefined && first !== undefined) expect(open).toBeLessThan(first);
  });
});

describe("what the seed facts say", () => {
  const opening = (season: string, id: string) => calendarOf(season).phases.find((phase) => phase.id === id)?.opensAt;

  test("618 of 2024 opened its waves at 20:00 on 20 and on 31 May, Shanghai time", () => {
    expect(at(opening("618-2024", "wave-1"))).toBe(Date.parse("2024-05-20T20:00:00+08:00"));
    expect(at(opening("618-2024", "wave-2"))).toBe(Date.parse("2024-05-31T20:00:00+08:00"));
    expect(at(calendarOf("618-2024").applicationsOpen)).toBe(Date.parse("2024-05-06T00:00:00+08:00"));
  });

  test("the final phase of 618 of 2022 began on 15 June; the hour is not known, and neither is its end", () => {
    expect(opening("618-2022", "final")).toMatchObject({ at: Date.parse("2022-06-15T00:00:00+08:00"), precision: "day" });
    expect(calendarOf("618-2022").phases.at(-1)?.closesAt).toHaveProperty("unknown");
  });
});

test.each(filesIn("surfaces"))("surface %s parses, under its own name", (name) => {
  const found = surface.parse(read(`surfaces/${name}`));
  expect(`${found.id}.json`).toBe(name);
  for (const { text } of found.templates) for (const { min, max } of Object.values(text)) expect(min).toBeLessThanOrEqual(max);
  for (const ids of [found.templates.map(({ id }) => id), found.forbiddenText.map(({ code }) => code), found.callsToAction])
    expect(new Set(ids).size).toBe(ids.length);
});

test.each(filesIn("surfaces"))("every text of surface %s can be sent: the contract knows its name", (name) => {
  const known = ["text", "title", "description"];
  for (const { text } of surface.parse(read(`surfaces/${name}`)).templates)
    for (const field of Object.keys(text)) {
      expect(known).toContain(field);
      expect(cards.submit.body.shape.text.safeParse({ [field]: "新品" }).success).toBe(true);
    }
});

test.each(filesIn("marketplaces"))("marketplace %s parses, under its own name, with all four store types", (name) => {
  const found = marketplace.parse(read(`marketplaces/${name}`));
  expect(`${found.id}.json`).toBe(name);
  expect(found.storeTypes).toEqual(["flagship", "franchise", "specialty", "independent"]);
});

test.each(filesIn("hosts"))("host %s parses, under its own name", (name) => {
  expect(`${host.parse(read(`hosts/${name}`)).id}.json`).toBe(name);
});

test("all surfaces, hosts and marketplaces ship", () => {
  const shipped = shippedCatalogue();
  const ids = (folder: string) => filesIn(folder).map((name) => name.replace(".json", ""));
  for (const id of ids("surfaces")) expect(shipped.surface(id)).toBeDefined();
  for (const id of ids("hosts")) expect(shipped.host(id)).toBeDefined();
  for (const id of ids("marketplaces")) expect(shipped.marketplace(id)).toBeDefined();
});

describe("the sample's brands", () => {
  interface Brand {
    readonly id: string;
    readonly names: { readonly zh: string };
    readonly store: { readonly id: string; readonly type: string; readonly names: { readonly zh: string } };
    readonly documents: readonly { readonly number: string }[];
    readonly contacts: readonly { readonly email: string }[];
    readonly stage: string;
    readonly refusal: string | null;
  }
  const { note, brands } = read("sample/brands.json") as { note: string; brands: readonly Brand[] };
  const all = <T>(of: (brand: Brand) => T) => new Set(brands.map(of));

  test("are thirty or more, each with an id, a name and a store of its own, of all four types", () => {
    expect(brands.length).toBeGreaterThanOrEqual(30);
    for (const ids of [all(({ id }) => id), all(({ names }) => names.zh), all(({ store }) => store.id)])
      expect(ids.size).toBe(brands.length);
    expect([...all(({ store }) => store.type)].sort()).toEqual(["flagship", "franchise", "independent", "specialty"]);
  });

  test("have Chinese names", () => {
    for (const { names, store } of brands) for (const { zh } of [names, store.names]) expect(zh).toMatch(/\p{Script=Han}{2}/u);
  });

  test("are let in or refused, for more than one reason, and stand at every stage", () => {
    expect(all(({ refusal }) => refusal).size).toBeGreaterThan(3);
    expect([...all(({ stage }) => stage)].sort()).toEqual(["attested", "granted", "refused", "submitted"]);
    for (const { stage, refusal } of brands) expect(stage === "refused").toBe(refusal !== null);
    for (const { store, refusal } of brands) if (store.type === "independent") expect(refusal).toBe("store-type-not-admitted");
  });

  test("are said to be invented, in both languages, and cannot be mistaken for somebody", () => {
    expect(note).toMatch(/虚构/);
    expect(note).toMatch(/invented/);
    for (const { documents, contacts, store } of brands) {
      for (const contact of contacts) expect(contact.email).toMatch(/@example\.com$/);
      expect(store.id).toMatch(/^99000000\d{4}$/);
      for (const { number } of documents) expect(number).toMatch(/^SAMPLE-/);
    }
  });

  test("that have a card are granted", () => {
    const granted = new Set(brands.filter(({ stage }) => stage === "granted").map(({ id }) => id));
    const { note: cardsNote, cards: shown } = read("sample/cards.json") as { note: string; cards: { brand: string }[] };
    expect(cardsNote).toMatch(/虚构.*invented/);
    for (const { brand } of shown) expect(granted).toContain(brand);
  });
});

test("the sample's seasons name calendars and phases there are, and choose only what these do not know", () => {
  const { note, seasons } = read("sample/seasons.json") as {
    note: string;
    seasons: { calendar: string; phases: string[]; chosen: Readonly<Record<string, string>> }[];
  };
  expect(note).toMatch(/no fact/);
  for (const { calendar: id, phases, chosen } of seasons) {
    const facts = new Map(factsOf(calendarOf(id)));
    for (const phase of phases)
      for (const end of ["opensAt", "closesAt"]) expect(at(facts.get(`${phase}.${end}`)) ?? chosen[`${phase}.${end}`]).toBeDefined();
    for (const place of Object.keys(chosen)) expect(at(facts.get(place))).toBeUndefined();
    for (const instant of Object.values(chosen)) expect(instant).toMatch(/\+08:00$/);
  }
});
