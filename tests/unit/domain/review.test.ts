import { expect, test } from "@jest/globals";
import { awaiting, decided } from "../../../lib/domain/review.ts";
import { OPENING, refusalOf } from "./fixtures.ts";

const waiting = { ...awaiting({ by: "ann", at: 1 }), id: "crd_1" };
const feedback = [{ code: "blurred", text: "The image is blurred.", element: "/images/0" }];

test("what was just submitted waits, undecided, in its first version", () => {
  expect(awaiting({ by: "ann", at: 1 })).toEqual({
    status: "pending",
    submittedBy: "ann",
    submittedAt: 1,
    decidedBy: null,
    decidedAt: null,
    feedback: [],
    version: 1,
  });
});

test("a ruling says who, when and why, and keeps the rest", () => {
  expect(decided(waiting, "denied", { by: "rob", at: OPENING }, feedback)).toEqual({
    ...waiting,
    status: "denied",
    decidedBy: "rob",
    decidedAt: OPENING,
    feedback,
    version: 2,
  });
  expect(decided(waiting, "approved", { by: "rob", at: OPENING })).toMatchObject({ status: "approved", feedback: [] });
});

test.each(["approved", "denied"] as const)("a ruling stands once made: %s", (status) => {
  expect(refusalOf(() => decided({ ...waiting, status }, "denied", { by: "rob", at: OPENING }))).toEqual({
    code: "already-decided",
    reasons: [{ code: "deny-not-possible", field: "", detail: `It is ${status}; possible from here: nothing.` }],
  });
});

test.each(["approved", "denied"] as const)("nobody rules on their own: %s", (status) => {
  expect(refusalOf(() => decided(waiting, status, { by: "ann", at: OPENING }))).toEqual({ code: "self-review", reasons: [] });
});
