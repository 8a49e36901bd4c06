import { expect, test } from "@jest/globals";
import { isRefusal, Refusal } from "../../../lib/domain/refusal.ts";

test("a refusal is known by its code", () => {
  const refusal = new Refusal("not-found");
  expect([refusal.name, refusal.message, refusal.code, refusal.reasons]).toEqual(["Refusal", "not-found", "not-found", []]);
  expect(isRefusal(refusal, "not-found")).toBe(true);
  expect(isRefusal(refusal, "forbidden")).toBe(false);
});

test.each([new Error("not-found"), { code: "not-found" }, "not-found", undefined, null])("%j is no refusal", (error) => {
  expect(isRefusal(error, "not-found")).toBe(false);
});
