import { describe, expect, test } from "@jest/globals";
import { type Application, type ApplicationForm, approve, attest, submit } from "../../../lib/domain/application.ts";
import { grant } from "../../../lib/domain/grant.ts";
import type { Season } from "../../../lib/domain/season.ts";
import { application, clauses, form, OPENING, PARTIES, phase, refusalOf, SEASON_END, season } from "./fixtures.ts";

const AT = season().applicationsCloseAt - 1;
const submission = (over: Partial<ApplicationForm> = {}, on: Season = season(), at = AT) => ({
  id: "app_1",
  brand: "brd_1",
  form: form(over),
  season: on,
  by: "ann",
  at,
});
const faultsOf = (...given: Parameters<typeof submission>) => {
  const { code, reasons } = refusalOf(() => submit(submission(...given)));
  expect(code).toBe("not-admissible");
  return clauses(reasons);
};

describe("submitting", () => {
  test.each(["scheduled", "open"] as const)("what passes the machine waits for people while the season is %s", (status) => {
    expect(submit(submission({}, season({ status })))).toEqual({
      ...form(),
      ...PARTIES,
      id: "app_1",
      attestedAt: null,
      status: "pending",
      submittedBy: "ann",
      submittedAt: AT,
      decidedBy: null,
      decidedAt: null,
      feedback: [],
      version: 1,
    });
  });

  test.each(["draft", "closed"] as const)("a season that is %s takes no applications", (status) => {
    expect(refusalOf(() => submit(submission({}, season({ status }))))).toEqual({ code: "season-not-open-to-applications", reasons: [] });
  });

  test("a surface the season is not held on is the only thing told", () => {
    expect(faultsOf({ surface: "elsewhere", store: { ...form().store, type: "independent" } })).toEqual(["surface-not-in-season /surface"]);
  });

  test("the deadline is the first instant too late", () => {
    expect(faultsOf({}, season(), season().applicationsCloseAt)).toEqual(["deadline-passed /season"]);
  });

  test("a store type the season does not admit is told with those it does", () => {
    const { reasons } = refusalOf(() => submit(submission({ store: { ...form().store, type: "independent" } })));
    expect(reasons).toEqual([
      { code: "store-type-not-admitted", field: "/store/type", detail: "This season admits flagship, franchise, specialty." },
    ]);
  });

  test.each(["flagship", "franchise", "specialty"])("a %s store is admitted", (type) => {
    expect(submit(submission({ store: { ...form().store, type } })).status).toBe("pending");
  });

  test("a closed category is told where it stands", () => {
    expect(faultsOf({ categories: ["beauty", "tobacco", "home"] })).toEqual(["category-closed /categories/1"]);
  });

  test("each missing document is told by its kind", () => {
    const { reasons } = refusalOf(() => submit(submission({ documents: [] })));
    expect(clauses(reasons)).toEqual(["document-missing /documents", "document-missing /documents"]);
    expect(reasons.map(({ detail }) => detail)).toEqual(["A business-licence is required.", "A trademark is required."]);
  });

  test("one document present leaves the other missing", () => {
    const { reasons } = refusalOf(() => submit(submission({ documents: form().documents.slice(0, 1) })));
    expect(reasons.map(({ detail }) => detail)).toEqual(["A trademark is required."]);
  });

  test("every fault is told at once", () => {
    const documents = [{ kind: "trademark", number: "1", expiresOn: "2024-05-01" }];
    expect(faultsOf({ store: { ...form().store, type: "independent" }, categories: ["tobacco"], documents }, season(), SEASON_END)).toEqual(
      [
        "deadline-passed /season",
        "store-type-not-admitted /store/type",
        "category-closed /categories/0",
        "document-missing /documents",
        "document-expiring /documents/0/expiresOn",
      ],
    );
  });
});

describe("a document has to be valid on the season's last day", () => {
  const [licence, trademark] = [
    { kind: "business-licence", number: "1", expiresOn: "2030-01-01" },
    { kind: "trademark", number: "2" },
  ];
  const ending = (zone: string, closesAt: string) =>
    season({ zone, phases: [phase("only", OPENING, Date.parse(closesAt))], clickGraceEndsAt: Date.parse(closesAt) });

  test.each([
    ["Asia/Shanghai", "2024-06-21T00:00:00+08:00", "2024-06-20", "2024-06-19"],
    ["Asia/Shanghai", "2024-06-21T00:00:00.001+08:00", "2024-06-21", "2024-06-20"],
    ["Asia/Shanghai", "2025-01-01T00:00:00+08:00", "2024-12-31", "2024-12-30"],
    ["America/New_York", "2024-06-21T00:00:00-04:00", "2024-06-20", "2024-06-19"],
    ["America/New_York", "2024-11-04T00:00:00-05:00", "2024-11-03", "2024-11-02"],
    ["Pacific/Apia", "2024-06-21T00:00:00+13:00", "2024-06-20", "2024-06-19"],
    ["UTC", "2024-06-21T00:00:00Z", "2024-06-20", "2024-06-19"],
  ])("in %s, a season that closes at %s needs it to last until %s", (zone, closesAt, lastDay, dayBefore) => {
    const on = ending(zone, closesAt);
    expect(submit(submission({ documents: [licence, { ...trademark, expiresOn: lastDay }] as never }, on)).status).toBe("pending");
    expect(faultsOf({ documents: [licence, { ...trademark, expiresOn: dayBefore }] as never }, on)).toEqual([
      "document-expiring /documents/1/expiresOn",
    ]);
  });
});

describe("attesting", () => {
  const waiting = application({ attestedAt: null, version: 1 });
  const act = { by: "tao", at: OPENING, expiresAt: OPENING + 1 };

  test("the marketplace vouches for the store that applied, and the application says when", () => {
    expect(attest(waiting, act)).toEqual({
      application: { ...waiting, attestedAt: OPENING, version: 2 },
      attestation: {
        ...PARTIES,
        application: "app_1",
        surface: "wechat-moments",
        season: "618-2024",
        storeType: "flagship",
        attestedBy: "tao",
        attestedAt: OPENING,
        expiresAt: OPENING + 1,
      },
    });
  });

  test.each([
    ["already-decided", application({ status: "approved" }), act],
    ["already-decided", application({ status: "denied", attestedAt: null }), act],
    ["already-attested", application(), act],
  ] as const)("is refused: %s", (code, given, by) => {
    expect(refusalOf(() => attest(given, by))).toEqual({ code, reasons: [] });
  });

  test.each([0, -1])("it has to end later than now, not %i ms after", (ms) => {
    const { code, reasons } = refusalOf(() => attest(waiting, { ...act, expiresAt: OPENING + ms }));
    expect([code, ...clauses(reasons)]).toEqual(["not-admissible", "attestation-expired /expiresAt"]);
  });
});

describe("approving", () => {
  const act = { by: "rob", at: OPENING };

  test("an attested application is approved by somebody else", () => {
    expect(approve(application(), act)).toEqual(application({ status: "approved", decidedBy: "rob", decidedAt: OPENING, version: 3 }));
  });

  test.each([
    ["already-decided", application({ status: "approved" }), "rob"],
    ["already-decided", application({ status: "denied" }), "rob"],
    ["self-review", application(), "ann"],
    ["not-attested", application({ attestedAt: null }), "rob"],
  ] as const)("is refused: %s", (code, given: Application, by) => {
    expect(refusalOf(() => approve(given, { by, at: OPENING }))).toEqual({ code, reasons: [] });
  });
});

describe("the grant", () => {
  const act = { id: "grt_1", templates: ["310", "450"], by: "rob", at: OPENING };

  test("names what it covers, belongs to the applicant and ends with the season", () => {
    expect(grant(application(), season(), { phases: ["wave-2"], templates: ["450"] }, act)).toEqual({
      ...PARTIES,
      id: "grt_1",
      application: "app_1",
      surface: "wechat-moments",
      season: "618-2024",
      phases: ["wave-2"],
      templates: ["450"],
      storeId: "990000000001",
      grantedBy: "rob",
      grantedAt: OPENING,
      expiresAt: SEASON_END,
    });
  });

  test("a phase or a template that does not exist is told where it stands, with those that do", () => {
    const terms = { phases: ["wave-1", "wave-9"], templates: ["999", "310"] };
    const { code, reasons } = refusalOf(() => grant(application(), season(), terms, act));
    expect(code).toBe("not-admissible");
    expect(reasons).toEqual([
      { code: "phases-unknown", field: "/phases/1", detail: "Known: wave-1, wave-2." },
      { code: "templates-unknown", field: "/templates/0", detail: "Known: 310, 450." },
    ]);
  });
});
