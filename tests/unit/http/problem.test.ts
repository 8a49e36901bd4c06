import { describe, expect, test } from "@jest/globals";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import { problem } from "../../../lib/contracts/problem.ts";
import { Refusal, type RefusalCode } from "../../../lib/domain/refusal.ts";
import { RequestFault, type RequestFaultCode } from "../../../lib/http/faults.ts";
import { problemOf } from "../../../lib/http/problem.ts";

/** The status of every code, written a second time: a change of either is a change of both. */
const REFUSALS: Readonly<Record<RefusalCode, number>> = {
  "not-found": 404,
  forbidden: 403,
  "self-review": 403,
  "already-decided": 409,
  "wrong-state": 409,
  "already-appealed": 409,
  "too-many-rulings": 409,
  "flag-not-waived": 422,
  "trial-full": 409,
  "answered-already": 409,
  "already-applied": 409,
  "already-attested": 409,
  "not-attested": 409,
  "not-admissible": 422,
  "not-granted": 403,
  "card-not-acceptable": 422,
  "not-an-image": 422,
  "campaign-not-acceptable": 422,
  "bad-timeline": 422,
  "season-exists": 409,
  "season-not-draft": 409,
  "season-not-open-to-applications": 409,
  "season-version-outdated": 409,
  "nothing-proposed": 409,
  "bad-signal": 422,
  "reason-missing": 422,
  "second-operator-needed": 403,
  "import-differs": 409,
  "not-the-importer": 403,
  "not-a-list": 400,
  "part-too-long": 422,
  "part-out-of-order": 409,
  "part-under-way": 409,
  "host-not-named": 400,
  "too-many-webhooks": 409,
  "cursor-invalid": 400,
  "list-too-long": 422,
  "report-too-long": 422,
  "statement-not-final": 409,
  "credit-too-large": 409,
  "too-many-switches": 409,
  "link-stopped": 410,
  "no-longer-kept": 410,
  "not-replayable": 410,
  "token-invalid": 400,
  "token-expired": 410,
  "batch-differs": 409,
  "changed-meanwhile": 409,
  unhealthy: 503,
};
const FAULTS: Readonly<Record<RequestFaultCode, number>> = {
  "not-http": 400,
  "unknown-route": 404,
  unauthenticated: 401,
  "body-too-large": 413,
  "body-too-deep": 400,
  "not-json": 400,
  "broken-text": 400,
  "unsupported-media-type": 415,
  "idempotency-key-reused": 422,
  "idempotency-key-invalid": 400,
  "invalid-request": 400,
};
const NAMED = [
  ...Object.entries(REFUSALS).map(([code, status]) => [code, status, new Refusal(code as RefusalCode)] as const),
  ...Object.entries(FAULTS).map(([code, status]) => [code, status, new RequestFault(code as RequestFaultCode)] as const),
];

test.each(NAMED)("%s is a %i with a title and a way on", (code, status, error) => {
  const found = problemOf(error, "req-1");
  expect(found).toEqual({
    type: `urn:seasongate:problem:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code,
    requestId: "req-1",
  });
  expect(found.title).toMatch(/^[A-Z].{5,}[^.]$/);
  expect(found.detail).toMatch(/^[A-Z].{15,}\.$/);
  expect(problem.parse(found)).toEqual(found);
});

test("no two codes share a title and a detail", () => {
  const said = NAMED.map(([, , error]) => {
    const { title, detail } = problemOf(error, "r");
    return `${title} ${detail}`;
  });
  expect(new Set(said).size).toBe(said.length);
});

test("the reasons of a refusal and of a fault are its errors", () => {
  const reasons = [{ code: "x", field: "/y", detail: "z" }];
  expect(problemOf(new Refusal("not-admissible", reasons), "r").errors).toEqual(reasons);
  expect(problemOf(new RequestFault("invalid-request", reasons), "r").errors).toEqual(reasons);
});

test("a store that does not answer is a 503", () => {
  expect(problemOf(new Unavailable(new Error("10.0.0.1 refused")), "r")).toMatchObject({ status: 503, code: "unavailable" });
  expect(JSON.stringify(problemOf(new Unavailable(new Error("10.0.0.1 refused")), "r"))).not.toContain("10.0.0.1");
});

describe("whatever else is thrown is a 500 without internals", () => {
  test.each([
    ["an error", new Error("secret at Object.<anonymous> (/var/task/x.js:1)")],
    ["an error that borrows a code", Object.assign(new Error("secret"), { code: "not-found", reasons: [{ code: "secret" }] })],
    ["a text", "secret"],
    ["nothing", undefined],
    ["null", null],
    ["an object", { code: "not-found", message: "secret" }],
  ])("%s", (_name, error) => {
    const found = problemOf(error, "r");
    expect([found.status, found.code]).toEqual([500, "internal-error"]);
    expect(JSON.stringify(found)).not.toMatch(/secret|not-found|\/var|at Object/);
    expect(found).not.toHaveProperty("errors");
  });
});
