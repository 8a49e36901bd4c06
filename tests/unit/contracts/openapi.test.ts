import { expect, test } from "@jest/globals";
import { CONTRACTS, openApi, ROUTES } from "../../../lib/contracts/openapi.ts";
import { AUTHORISATION } from "../../../lib/domain/authorisation.ts";

const document = openApi();
const endpoints = Object.entries(CONTRACTS).flatMap(([noun, each]) => Object.keys(each).map((verb) => [noun, verb] as const));

test("no two endpoints share an address", () => {
  expect(ROUTES.size).toBe(endpoints.length);
});

test.each([...ROUTES])(
  "%s is in the document, with who may and every way to fail",
  (_key, { method, path, action, status, refusals, failure, cacheControl, params, query, body, upload }) => {
    const operation = document.paths?.[path]?.[method.toLowerCase() as "get"];
    expect(operation?.summary).toMatch(/\.$/);
    expect(Object.keys(operation?.responses ?? {})).toEqual([String(status), ...(cacheControl ? ["304"] : []), "default"]);
    const failed = operation?.responses?.["default"] as { description: string; content: object };
    for (const refusal of refusals) expect(failed.description).toContain(refusal);
    expect(Object.keys(failed.content)).toEqual([failure === "page" ? "text/html" : "application/problem+json"]);
    expect(operation?.security).toEqual(AUTHORISATION[action] === "public" ? undefined : [{ bearer: [] }]);
    expect(operation?.requestBody !== undefined).toBe(body !== undefined || upload !== undefined);
    const given = (operation?.parameters ?? []) as { in: string; name: string }[];
    expect(given.some((each) => each.in === "path")).toBe(params !== undefined);
    expect(given.some((each) => each.in === "query")).toBe(query !== undefined);
  },
);

test.each([...ROUTES])("%s has a parameter for each brace in its path", (_key, { path, method }) => {
  const braces = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const given = (document.paths?.[path]?.[method.toLowerCase() as "get"]?.parameters ?? []) as { in: string; name: string }[];
  expect(given.filter((each) => each.in === "path").map(({ name }) => name)).toEqual(braces);
});

test("every reference in the document leads somewhere, and an instant is a date-time", () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? "");
  expect(references.length).toBeGreaterThan(5);
  for (const name of references) expect(Object.keys(document.components?.schemas ?? {})).toContain(name);
  expect(text).toContain('"format":"date-time"');
});

test("operation ids are each other's", () => {
  const ids = [...JSON.stringify(document).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(endpoints.length);
});
