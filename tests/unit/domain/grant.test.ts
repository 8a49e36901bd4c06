import { expect, test } from "@jest/globals";
import { type GrantTerms, grantsOf } from "../../../lib/domain/grant.ts";
import { admission, application, NAMES, OPENING, PARTIES, refusalOf, SEASON_END, season } from "./fixtures.ts";

const on = season({ admissions: [admission(), admission({ surface: "wechat-channels" })] });
const templates = { "wechat-moments": ["310", "450"], "wechat-channels": ["720"], "wechat-search": ["310"] };
const both = application({ surfaces: ["wechat-moments", "wechat-channels"], store: { id: "77", type: "franchise", names: NAMES } });
const term = (over: Partial<GrantTerms> = {}): GrantTerms => ({
  surface: "wechat-moments",
  phases: ["wave-2"],
  templates: ["450"],
  dailyShare: null,
  ...over,
});
const granted = (...terms: GrantTerms[]) => {
  let made = 0;
  return grantsOf(both, terms, { season: on, templates }, { by: "rob", at: OPENING, newId: () => `grt_${++made}` });
};

test("each term is a grant of its own, which names what it covers, belongs to the applicant and ends with the season", () => {
  const common = {
    ...PARTIES,
    application: "app_1",
    names: NAMES,
    season: "618-2024",
    storeId: "77",
    storeType: "franchise",
    grantedBy: "rob",
    grantedAt: OPENING,
    state: "current",
    expiresAt: SEASON_END,
    reason: null,
    version: 1,
  };
  expect(granted(term(), term({ surface: "wechat-channels", phases: ["wave-1", "wave-2"], templates: ["720"], dailyShare: 1 }))).toEqual([
    { ...common, id: "grt_1", surface: "wechat-moments", phases: ["wave-2"], templates: ["450"], dailyShare: null },
    { ...common, id: "grt_2", surface: "wechat-channels", phases: ["wave-1", "wave-2"], templates: ["720"], dailyShare: 1 },
  ]);
});

test("a phase or a template that does not exist is told where it stands, with those that do", () => {
  const { code, reasons } = refusalOf(() => granted(term(), term({ phases: ["wave-1", "wave-9"], templates: ["999", "310"] })));
  expect(code).toBe("not-admissible");
  expect(reasons).toEqual([
    { code: "phases-unknown", field: "/grants/1/phases/1", detail: "Known: wave-1, wave-2." },
    { code: "templates-unknown", field: "/grants/1/templates/0", detail: "Known: 310, 450." },
  ]);
});

test("a template of another surface does not exist on this one", () => {
  const { reasons } = refusalOf(() => granted(term({ templates: ["720"] }), term({ surface: "wechat-channels", templates: ["310"] })));
  expect(reasons.map(({ field, detail }) => `${field} ${detail}`)).toEqual([
    "/grants/0/templates/0 Known: 310, 450.",
    "/grants/1/templates/0 Known: 720.",
  ]);
});

test.each(["wechat-search", "elsewhere", "constructor"])("nothing is granted on %s, which was not applied for", (surface) => {
  const { code, reasons } = refusalOf(() => granted(term(), term({ surface })));
  expect(code).toBe("not-admissible");
  expect(reasons).toEqual([
    { code: "surface-not-applied-for", field: "/grants/1/surface", detail: "Applied for: wechat-moments, wechat-channels." },
  ]);
});
