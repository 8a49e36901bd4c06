import { expect, test } from "@jest/globals";
import { adjusted, awaiting, decided, resubmitted } from "../../../lib/domain/review.ts";
import { OPENING, refusalOf } from "./fixtures.ts";

const waiting = { ...awaiting({ by: "ann", at: 1 }), id: "crd_1" };
const feedback = [{ code: "blurred", text: "The image is blurred.", element: "/images/0" }];
const ruled = (verb: "approve" | "deny" | "request-changes") => decided(waiting, verb, { by: "rob", at: OPENING }, feedback);

test("what was just submitted waits, undecided, in its first version", () => {
  expect(awaiting({ by: "ann", at: 1 })).toEqual({
    status: "pending",
    editors: ["ann"],
    submittedBy: "ann",
    submittedAt: 1,
    decidedBy: null,
    decidedAt: null,
    feedback: [],
    version: 1,
  });
});

test.each([
  ["approve", "approved"],
  ["deny", "denied"],
  ["request-changes", "changes-requested"],
] as const)("a ruling says who, when and why, and keeps the rest: %s", (verb, status) => {
  expect(ruled(verb)).toEqual({ ...waiting, status, decidedBy: "rob", decidedAt: OPENING, feedback, version: 2 });
});

test.each(["deny", "request-changes"] as const)("what was approved can be taken back: %s", (verb) => {
  expect(decided(ruled("approve"), verb, { by: "ria", at: OPENING + 1 }, feedback)).toMatchObject({ decidedBy: "ria", version: 3 });
});

test("what was denied is not approved as it is", () => {
  expect(refusalOf(() => decided(ruled("deny"), "approve", { by: "rob", at: OPENING }))).toEqual({
    code: "already-decided",
    reasons: [{ code: "approve-not-possible", field: "", detail: "It is denied; possible from here: revise." }],
  });
});

test.each(["approve", "deny", "request-changes"] as const)("nobody rules on what they had a hand in, in whatever version: %s", (verb) => {
  const byTwo = resubmitted(waiting, { by: "bea", at: 2 });
  for (const by of ["ann", "bea"])
    expect(refusalOf(() => decided(byTwo, verb, { by, at: OPENING }))).toEqual({ code: "self-review", reasons: [] });
});

test("what is submitted again waits as new, with what was said of it", () => {
  expect(resubmitted(ruled("deny"), { by: "bea", at: OPENING + 1 })).toEqual({
    ...waiting,
    editors: ["ann", "bea"],
    submittedBy: "bea",
    submittedAt: OPENING + 1,
    feedback,
    version: 3,
  });
});

test("what is adjusted stays approved, and remembers who did it", () => {
  expect(adjusted(ruled("approve"), "bea")).toEqual({ ...ruled("approve"), editors: ["ann", "bea"], version: 3 });
  expect(refusalOf(() => adjusted(waiting, "bea")).code).toBe("wrong-state");
});
