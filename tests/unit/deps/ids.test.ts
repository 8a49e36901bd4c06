import { expect, test } from "@jest/globals";
import { id } from "../../../lib/contracts/primitives.ts";
import { newId } from "../../../lib/deps/ids.ts";

test.each(["app", "cmp", "crd", "grt", "evt", "dec"])("a new %s id fits the contract's, sorts by time and never comes again", (prefix) => {
  const ids = Array.from({ length: 100 }, () => newId(prefix));
  expect(ids.every((each) => id(prefix).safeParse(each).success)).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  const made = ids.map((each) => each.slice(4, 14));
  expect(made).toEqual([...made].sort());
});
