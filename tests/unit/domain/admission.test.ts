import { describe, expect, test } from "@jest/globals";
import { type AdmissionFacts, admit } from "../../../lib/domain/admission.ts";
import type { ApplicationForm } from "../../../lib/domain/application.ts";
import type { Season } from "../../../lib/domain/season.ts";
import { admission, clauses, form, OPENING, phase, refusalOf, SEASON_END, season } from "./fixtures.ts";

const AT = season().instants.applicationsClose - 1;
const facts = (over: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
  at: AT,
  isFirst: true,
  looksLike: undefined,
  fullSurfaces: [],
  ...over,
});
const ask = (over: Partial<ApplicationForm> = {}, on: Season = season(), given = facts()) => admit(form(over), on, given);
const faultsOf = (...given: Parameters<typeof ask>) => {
  const { code, reasons } = refusalOf(() => ask(...given));
  expect(code).toBe("not-admissible");
  return clauses(reasons);
};
const independent = { ...form().store, type: "independent" };

/** Each rule, broken alone: the form, the facts, and what is told of it. */
const RULES: readonly [code: string, field: string, over: Partial<ApplicationForm>, facts: Partial<AdmissionFacts>][] = [
  ["marketplace-not-in-season", "/marketplace", { marketplace: "jd" }, {}],
  ["deadline-passed", "/season", {}, { at: season().instants.applicationsClose }],
  [
    "document-expiring",
    "/documents/2/expiresOn",
    { documents: [...form().documents, { ...document("other"), expiresOn: "2024-05-01" }] },
    {},
  ],
  ["surface-not-in-season", "/surfaces/0", { surfaces: ["elsewhere"] }, {}],
  ["trial-full", "/surfaces/0", {}, { fullSurfaces: ["wechat-moments"] }],
  ["store-type-not-admitted", "/store/type", { store: independent }, {}],
  ["category-closed", "/categories/1", { categories: ["beauty", "tobacco", "home"] }, {}],
  ["document-missing", "/documents", { documents: [document("business-licence")] }, {}],
];

function document(kind: string) {
  return { kind, number: "1", fingerprint: "0".repeat(64), expiresOn: "2030-01-01" };
}

test.each(["scheduled", "open"] as const)("what breaks no rule is admitted without a flag while the season is %s", (status) => {
  expect(ask({}, season({ status }))).toEqual([]);
});

test.each(["draft", "closed"] as const)("a season that is %s takes no applications", (status) => {
  expect(refusalOf(() => ask({}, season({ status })))).toEqual({ code: "season-not-open-to-applications", reasons: [] });
});

test("a season takes no more once its last phase has closed, whatever the record says of it yet", () => {
  const on = season({ status: "open" });
  expect(ask({}, on, facts({ at: SEASON_END - 1, isFirst: false }))).toEqual([]);
  expect(refusalOf(() => ask({}, on, facts({ at: SEASON_END, isFirst: false }))).code).toBe("season-not-open-to-applications");
});

describe.each(RULES)("%s", (code, field, over, given) => {
  test("is refused, and told with the element it is about", () => {
    expect(faultsOf(over, season(), facts(given))).toEqual([`${code} ${field}`]);
  });

  test("is still refused where another rule may be waived", () => {
    const waivable = RULES.map(([each]) => each).filter((each) => each !== code);
    expect(faultsOf(over, season({ admissions: [admission({ waivable })] }), facts(given))).toEqual([`${code} ${field}`]);
  });
});

describe.each(RULES.filter(([code]) => code !== "surface-not-in-season"))("%s", (code, field, over, given) => {
  test("is flagged for people, not waived yet, where the season's data says that it may be waived", () => {
    const on = season({ admissions: [admission({ waivable: [code] })] });
    expect(ask(over, on, facts(given))).toEqual([{ code, field, detail: expect.stringMatching(/\.$/), waived: null }]);
  });
});

test("the deadline is the first instant too late", () => {
  expect(ask({}, season(), facts({ at: season().instants.applicationsClose - 1 }))).toEqual([]);
  expect(faultsOf({}, season(), facts({ at: season().instants.applicationsClose }))).toEqual(["deadline-passed /season"]);
});

test("the deadline is for what is submitted for the first time: what is put right, or corrected, comes in after it", () => {
  for (const at of [season().instants.applicationsClose, SEASON_END - 1]) {
    expect(ask({}, season({ status: "open" }), facts({ at, isFirst: false }))).toEqual([]);
    expect(faultsOf({ store: independent }, season(), facts({ at, isFirst: false }))).toEqual(["store-type-not-admitted /store/type"]);
  }
});

test("a store type the season does not admit is told with those it does; to admit it is a change of data", () => {
  expect(refusalOf(() => ask({ store: independent })).reasons).toEqual([
    { code: "store-type-not-admitted", field: "/store/type", detail: "This season admits flagship, franchise, specialty." },
  ]);
  expect(ask({ store: independent }, season({ admissions: [admission({ storeTypes: ["independent"] })] }))).toEqual([]);
});

test.each(["flagship", "franchise", "specialty"])("a %s store is admitted", (type) => {
  expect(ask({ store: { ...form().store, type } })).toEqual([]);
});

test("each missing document is told by its kind", () => {
  const missing = (documents: ApplicationForm["documents"]) => refusalOf(() => ask({ documents })).reasons.map(({ detail }) => detail);
  expect(missing([])).toEqual(["A business-licence is required.", "A trademark is required."]);
  expect(missing(form().documents.slice(0, 1))).toEqual(["A trademark is required."]);
});

test("every fault is told at once, each with its element", () => {
  const documents = [{ ...document("trademark"), expiresOn: "2024-05-01" }];
  const broken = { marketplace: "jd", store: independent, categories: ["tobacco"], documents };
  const given = facts({ at: SEASON_END - 1, fullSurfaces: ["wechat-moments"] });
  expect(faultsOf(broken, season(), given)).toEqual([
    "marketplace-not-in-season /marketplace",
    "deadline-passed /season",
    "document-expiring /documents/0/expiresOn",
    "trial-full /surfaces/0",
    "store-type-not-admitted /store/type",
    "category-closed /categories/0",
    "document-missing /documents",
  ]);
});

describe("a name that looks like another brand's", () => {
  test.each([[[]], [["document-missing"]]])("is flagged for people and never refused, whatever the season waives: %j", (waivable) => {
    const on = season({ admissions: [admission({ waivable })] });
    expect(ask({}, on, facts({ looksLike: "brd_2" }))).toEqual([
      { code: "name-looks-alike", field: "/names", detail: expect.any(String), waived: null },
    ]);
  });

  test("does not say whose it is", () => {
    expect(JSON.stringify(ask({}, season(), facts({ looksLike: "brd_2" })))).not.toContain("brd_2");
  });

  test("is told beside what is refused for other reasons no more than they are", () => {
    expect(faultsOf({ store: independent }, season(), facts({ looksLike: "brd_2" }))).toEqual(["store-type-not-admitted /store/type"]);
  });

  test("stands beside other flags", () => {
    const on = season({ admissions: [admission({ waivable: ["category-closed"] })] });
    const flags = ask({ categories: ["tobacco"] }, on, facts({ looksLike: "brd_2" }));
    expect(clauses(flags)).toEqual(["name-looks-alike /names", "category-closed /categories/0"]);
  });
});

describe("several surfaces", () => {
  const channels = (over: Parameters<typeof admission>[0] = {}) => admission({ surface: "wechat-channels", ...over });
  const both = { surfaces: ["wechat-moments", "wechat-channels"] } as const;
  const on = (...admissions: Season["admissions"]) => season({ admissions });

  test("what two say of the same element is told once", () => {
    expect(faultsOf({ ...both, store: independent, categories: ["tobacco"] }, on(admission(), channels()))).toEqual([
      "store-type-not-admitted /store/type",
      "category-closed /categories/0",
    ]);
  });

  test("what one of them says alone is told, and so is one the season is not held on", () => {
    const strict = on(admission(), channels({ storeTypes: ["specialty"] }));
    expect(ask({}, strict)).toEqual([]);
    expect(faultsOf(both, strict)).toEqual(["store-type-not-admitted /store/type"]);
    expect(faultsOf({ surfaces: ["wechat-moments", "elsewhere"] }, strict)).toEqual(["surface-not-in-season /surfaces/1"]);
  });

  test("only those that are full are told", () => {
    expect(faultsOf(both, on(admission(), channels()), facts({ fullSurfaces: ["wechat-channels"] }))).toEqual(["trial-full /surfaces/1"]);
    expect(ask({}, on(admission(), channels()), facts({ fullSurfaces: ["wechat-channels"] }))).toEqual([]);
  });

  test("what may be waived on one surface is not waived on another", () => {
    const lenient = on(admission(), channels({ waivable: ["store-type-not-admitted"] }));
    expect(faultsOf({ store: independent }, lenient)).toEqual(["store-type-not-admitted /store/type"]);
    expect(faultsOf({ ...both, store: independent }, lenient)).toEqual(["store-type-not-admitted /store/type"]);
    expect(clauses(ask({ surfaces: ["wechat-channels"], store: independent }, lenient))).toEqual(["store-type-not-admitted /store/type"]);
  });

  test("a rule of the whole season is waived where every surface applied for says so", () => {
    const late = facts({ at: season().instants.applicationsClose });
    const lenient = on(admission(), channels({ waivable: ["deadline-passed"] }));
    expect(faultsOf({}, lenient, late)).toEqual(["deadline-passed /season"]);
    expect(faultsOf(both, lenient, late)).toEqual(["deadline-passed /season"]);
    expect(clauses(ask({ surfaces: ["wechat-channels"] }, lenient, late))).toEqual(["deadline-passed /season"]);
  });
});

describe("a document has to be valid on the season's last day", () => {
  const [licence, trademark] = [document("business-licence"), document("trademark")];
  const ending = (zone: string, closesAt: string) => season({ zone, phases: [phase("only", OPENING, Date.parse(closesAt))] });

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
    expect(ask({ documents: [licence, { ...trademark, expiresOn: lastDay }] }, on)).toEqual([]);
    expect(faultsOf({ documents: [licence, { ...trademark, expiresOn: dayBefore }] }, on)).toEqual([
      "document-expiring /documents/1/expiresOn",
    ]);
  });
});
