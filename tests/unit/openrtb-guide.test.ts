import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { NO_BID } from "../../lib/domain/openrtb/no-bid.ts";

const read = (path: string) => readFileSync(resolve(import.meta.dirname, "../..", path), "utf8");
const guide = read("docs/openrtb.md");
const example = JSON.parse(read("tests/conformance/openrtb/exemplary/01-one-card.json"));

test("the guide's example is the first conformance case, which is run", () => {
  const [request, response] = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => JSON.parse(text));
  const [imp] = request.imp;
  expect({ ...request, imp: [{ ...imp, native: { ...imp.native, request: JSON.parse(imp.native.request) } }] }).toEqual(example.request);
  expect(response).toEqual(example.response.body);
});

test("the guide has every reason with its number, and no other", () => {
  const told = [...guide.matchAll(/^\| (\d+) \| `([a-z-]+)` \|/gm)].map(([, code, reason]) => [String(reason), Number(code)]);
  expect(Object.fromEntries(told)).toEqual(NO_BID);
  expect(told).toHaveLength(Object.keys(NO_BID).length);
});
