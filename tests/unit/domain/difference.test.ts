import { expect, test } from "@jest/globals";
import { isMaterial } from "../../../lib/domain/application.ts";
import { changesBetween } from "../../../lib/domain/difference.ts";
import { application, form, frozen, NAMES } from "./fixtures.ts";

const before = frozen(form());
const [licence, trademark] = before.documents as [(typeof before.documents)[number], (typeof before.documents)[number]];
const contact = { name: "Li", email: "li@example.com" };

test("there is no difference from nothing, from itself, nor in what is not the form", () => {
  expect(changesBetween(undefined, before)).toEqual([]);
  expect(changesBetween(before, form())).toEqual([]);
  expect(changesBetween(application(), application({ state: "denied", version: 9, revision: 4, attestedAt: null }))).toEqual([]);
});

test.each([
  ["a name", { names: { ...NAMES, en: "Jilu" } }, [["/names/en", "Jilu Powder Box", "Jilu"]]],
  ["a store's type", { store: { ...before.store, type: "franchise" } }, [["/store/type", "flagship", "franchise"]]],
  ["a store's name", { store: { ...before.store, names: { ...NAMES, zh: "新" } } }, [["/store/names/zh", "霁鹭妆匣", "新"]]],
  ["one surface more", { surfaces: ["wechat-moments", "wechat-channels"] }, [["/surfaces/1", null, "wechat-channels"]]],
  ["a category less", { categories: [] }, [["/categories/0", "beauty", null]]],
  [
    "a document's fingerprint and last day",
    { documents: [{ ...licence, fingerprint: "c".repeat(64), expiresOn: "2030-01-01" }, trademark] },
    [
      ["/documents/0/fingerprint", "a".repeat(64), "c".repeat(64)],
      ["/documents/0/expiresOn", "2026-03-31", "2030-01-01"],
    ],
  ],
  [
    "a document less",
    { documents: [licence] },
    [
      ["/documents/1/kind", "trademark", null],
      ["/documents/1/number", "TM-1", null],
      ["/documents/1/fingerprint", "b".repeat(64), null],
      ["/documents/1/expiresOn", "2027-02-28", null],
    ],
  ],
  [
    "one contact more",
    { contacts: [...before.contacts, contact] },
    [
      ["/contacts/1/name", null, "Li"],
      ["/contacts/1/email", null, "li@example.com"],
    ],
  ],
] as const)("%s is told element by element, with what was and what is", (_what, over, changes) => {
  const told = changesBetween(before, form(over as never));
  expect(told).toEqual(changes.map(([element, was, is]) => ({ element, before: was, after: is })));
});

test.each(["marketplace", "surfaces", "names", "store", "categories", "documents"] as const)(
  "a change of %s is one the keys vouch for, and is told",
  (field) => {
    const other = {
      marketplace: "jd",
      surfaces: ["wechat-channels"],
      names: { zh: "新", en: "New" },
      store: { ...before.store, id: "1" },
      categories: ["home"],
      documents: [],
    } as const;
    const after = form({ [field]: other[field] });
    expect(isMaterial(before, after)).toBe(true);
    expect(changesBetween(before, after).map(({ element }) => element.split("/")[1])).toContain(field);
  },
);

test("a change of contacts, or none at all, is none that the keys vouch for", () => {
  expect(isMaterial(before, form())).toBe(false);
  expect(isMaterial(before, form({ contacts: [contact] }))).toBe(false);
  expect(isMaterial(before, form({ season: "other" }))).toBe(false);
});
