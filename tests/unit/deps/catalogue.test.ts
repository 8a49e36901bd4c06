import { expect, test } from "@jest/globals";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";

test("what ships is found by its id, and nothing else is", () => {
  const catalogue = shippedCatalogue();
  expect(catalogue.surfaces.map(({ id }) => id)).toEqual(["wechat-moments"]);
  expect(catalogue.surface("wechat-moments")).toBe(catalogue.surfaces[0]);
  expect(catalogue.marketplace("tmall")?.id).toBe("tmall");
  for (const id of ["", "elsewhere", "__proto__", "constructor"])
    expect([catalogue.surface(id), catalogue.marketplace(id)]).toEqual([undefined, undefined]);
});
