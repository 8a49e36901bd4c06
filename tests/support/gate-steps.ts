import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import type { User } from "../../lib/domain/authorisation.ts";
import { people } from "../../scripts/local/people.ts";
import { asUsed, plainImages } from "../../scripts/local/plain-images.ts";
import type { Caller, Gate, Reply } from "./gate.ts";

const sample = (name: string) => JSON.parse(readFileSync(resolve(import.meta.dirname, `../../resources/sample/${name}.json`), "utf8"));
const { names, marketplace, store, categories, documents, contacts } = sample("brands").brands[0];
const { brand: _brand, ...face } = sample("cards").cards[0];

export const SURFACE = "wechat-moments";
export const SEASON = "618-2024";
/** When people are at their desks: the season is published and takes applications. */
export const PREPARING = "2024-05-13T10:00:00+08:00";
export const OPENS = "2024-05-20T20:00:00.000+08:00";
export const SERVING = "2024-05-20T20:00:01+08:00";
export const CLOSES = "2024-06-21T00:00:00.000+08:00";

export const PLAN = {
  id: SEASON,
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names: { zh: "天猫618", en: "Tmall 618" },
  phases: [
    { id: "wave-1", names: { zh: "第一波", en: "First wave" }, opensAt: OPENS, closesAt: "2024-05-29T00:00:00+08:00" },
    { id: "wave-2", names: { zh: "第二波", en: "Second wave" }, opensAt: "2024-05-31T20:00:00+08:00", closesAt: CLOSES, afterGap: true },
  ],
  instants: { applicationsClose: "2024-05-20T12:00:00+08:00", clickGraceEnds: "2024-06-28T00:00:00+08:00" },
  propagationMs: 7_200_000,
  reworkMs: 172_800_000,
  admissions: [
    {
      surface: SURFACE,
      storeTypes: ["flagship", "franchise", "specialty"],
      closedCategories: ["tobacco"],
      requiredDocuments: ["business-licence", "trademark"],
      waivable: ["trial-full"],
      capacity: 500,
    },
  ],
};

export const APPLICATION = { season: SEASON, marketplace, surfaces: [SURFACE], names, store, categories, documents, contacts };
export const TERMS = { surface: SURFACE, phases: ["wave-1", "wave-2"], templates: ["310", "450", "showcase-1-3"], dailyShare: 2_000 };
export const GRANT = { decision: "approve", grants: [TERMS], waivers: [] };
export const DENIAL = { decision: "deny", feedback: [{ code: "logo-blurred", text: "The logo is blurred.", element: "/documents/0" }] };
export const CHANGES = { ...DENIAL, decision: "request-changes" };
export const CAMPAIGN = { season: SEASON, surface: SURFACE, name: "618 第一波", flight: null };
/** Everything that may be changed of it. */
export const SETTINGS = {
  name: "618 第二波",
  category: categories[0],
  flight: null,
  weight: 300,
  tier: "standard",
  caps: { daily: 1_000, total: 9_000 },
  pacing: "asap",
  frequency: { most: 3, units: 2, unit: "hour" },
  targeting: {
    os: ["ios", "harmonyos"],
    regions: ["CN-SH"],
    segments: { any: ["new-parents"], none: ["staff"] },
    hostVersion: { min: "8.0.49" },
  },
};
/** The shipped surface's templates. */
const templates = shippedCatalogue().surface(SURFACE)?.templates ?? [];
/** Files that a template takes. */
export const imagesOf = (template: string) => templates.filter(({ id }) => id === template).flatMap((each) => plainImages(each, "test"));
export const CARD = { ...face, images: asUsed(imagesOf(face.template)) };
/** Nobody listens there. */
export const WEBHOOK = { url: "http://127.0.0.1:9/hook", types: ["grant.given"] };
export const REQUEST = { surface: SURFACE, slots: 1, viewer: { key: "viewer-7f3a", installedApps: ["tmall"] } };

/** As little as a bid request may say. */
export const BID_REQUEST = {
  id: "req-1",
  imp: [{ id: "imp-1", native: { request: JSON.stringify({ assets: [{ id: 1, required: 1, title: { len: 90 } }] }) } }],
  user: { id: "viewer-7f3a" },
};

/** Who publishes in the freeze what the first has written. */
export const SECOND_OPERATOR: User = { role: "operator", ...people.operator, sub: "usr_gao_operator" };

export const MEI: User = { role: "brand", ...people.brand };

let brandsSoFar = 0;
/** A marketer of a brand that nobody has met. */
export function newBrand(): User {
  const number = `1${String(++brandsSoFar).padStart(25, "0")}`;
  return { sub: `usr_marketer_${brandsSoFar}`, role: "brand", tenant: `brd_${number}` };
}

/** A brand's application under a name that is like no other brand's, in a category of its own before all others: it competes with nobody. */
export const applicationOf = ({ tenant }: User): typeof APPLICATION =>
  tenant === MEI.tenant
    ? APPLICATION
    : {
        ...APPLICATION,
        names: { zh: `品牌${tenant}`, en: `Brand ${tenant}` },
        categories: [`of-${tenant.replace("_", "-")}`, ...categories],
      };

/** The steps of the flow through the endpoints, each of which has to succeed. */
export function stepsOf(gate: Gate) {
  const made = async (reply: Promise<Reply>) => {
    const { status, body } = await reply;
    if (status !== 201 && status !== 200) throw new Error(`expected success: ${JSON.stringify(body)}`);
    return body;
  };
  const steps = {
    plan: (plan: object = PLAN, as: Caller = "operator") => made(gate.call("POST /v1/seasons", { as, body: plan })),
    replan: (season: string, body: object, as: Caller = "operator") =>
      made(gate.call("PUT /v1/seasons/{season}", { as, params: { season }, body })),
    signal: (season: string, body: object) =>
      made(gate.call("POST /v1/seasons/{season}/signals", { as: "feed", params: { season }, body })),
    announce: (season: string = SEASON, version = 1, as: Caller = "operator") =>
      made(gate.call("POST /v1/seasons/{season}/publication", { as, params: { season }, body: { version } })),
    apply: (as: User = MEI, form: object = applicationOf(as)) => made(gate.call("POST /v1/applications", { as, body: form })),
    draft: (as: User) => made(gate.call("POST /v1/applications", { as, body: { ...applicationOf(as), submit: false } })),
    submit: (application: string, as: User) =>
      made(gate.call("POST /v1/applications/{application}/submission", { as, params: { application } })),
    edit: (application: string, as: User, form: object) =>
      made(gate.call("PUT /v1/applications/{application}", { as, params: { application }, body: form })),
    withdraw: (application: string, as: User) =>
      made(gate.call("POST /v1/applications/{application}/withdrawal", { as, params: { application } })),
    appeal: (application: string, as: User, words = "Please look again.") =>
      made(gate.call("POST /v1/applications/{application}/appeal", { as, params: { application }, body: { words } })),
    attest: (application: string, expiresAt = PLAN.instants.clickGraceEnds) =>
      made(gate.call("POST /v1/applications/{application}/attestation", { as: "attester", params: { application }, body: { expiresAt } })),
    review: (application: string, body: object) =>
      made(gate.call("POST /v1/applications/{application}/reviews", { as: "reviewer", params: { application }, body })),
    grant: (application: string) => steps.review(application, GRANT),
    turnAttestation: (application: string, verb: string, reason = "A test.") =>
      made(
        gate.call("POST /v1/applications/{application}/attestation/turns", {
          as: "attester",
          params: { application },
          body: { verb, reason },
        }),
      ),
    turnGrant: (application: string, grant: string, verb: string, reason = "A test.") =>
      made(
        gate.call("POST /v1/applications/{application}/grants/{grant}/turns", {
          as: "reviewer",
          params: { application, grant },
          body: { verb, reason },
        }),
      ),
    read: (application: string, as: Caller = "auditor") =>
      made(gate.call("GET /v1/applications/{application}", { as, params: { application } })),
    queue: (as: Caller = "reviewer") => made(gate.call("GET /v1/reviews", { as })),
    campaign: (as: Caller = MEI, form: object = CAMPAIGN) => made(gate.call("POST /v1/campaigns", { as, body: form })),
    upload: (bytes: Buffer, as: Caller = MEI) =>
      made(gate.call("POST /v1/images", { as, rawBody: bytes.toString("base64"), base64: true, headers: { "content-type": "image/png" } })),
    /** What cards of the template need; before the brand's first card, which `card` does for itself. */
    async images(as: Caller = MEI, template: string = face.template) {
      for (const { bytes } of imagesOf(template)) await steps.upload(bytes, as);
    },
    card: async (campaign: string, as: Caller = MEI) => {
      await steps.images(as);
      return made(gate.call("POST /v1/cards", { as, body: { ...CARD, campaign } }));
    },
    approveCard: (card: string, version = 1) =>
      made(gate.call("POST /v1/cards/{card}/reviews", { as: "reviewer", params: { card }, body: { decision: "approve", version } })),
    beginImport: (as: Caller, dryRun = false) =>
      made(gate.call("POST /v1/whitelist/imports", { as, body: { surface: SURFACE, season: SEASON, dryRun } })),
    sendPart: (as: Caller, of: string, part: number, rawBody: string, type = "text/csv") =>
      made(
        gate.call("PUT /v1/whitelist/imports/{import}/parts/{part}", {
          as,
          params: { import: of, part: String(part) },
          rawBody,
          headers: { "content-type": type },
        }),
      ),
    completeImport: (as: Caller, of: string, parts: number) =>
      made(gate.call("POST /v1/whitelist/imports/{import}/completion", { as, params: { import: of }, body: { parts } })),
    subscribe: (as: Caller, body: object = WEBHOOK) => made(gate.call("POST /v1/webhooks", { as, body })),
    decide: (request: object = REQUEST) => made(gate.call("POST /v1/decisions", { as: "feed", body: request })),
    throw: (target: object, as: Caller = "operator", reason = "A test.") =>
      made(gate.call("POST /v1/switches", { as, body: { ...target, reason } })),
    lift: (thrown: string, as: Caller = "operator") =>
      made(gate.call("POST /v1/switches/{switch}/lifting", { as, params: { switch: thrown }, body: { reason: "A test." } })),
    explain: (query: Readonly<Record<string, string>> = {}, as: Caller = "operator") =>
      made(gate.call("GET /v1/explain", { as, query: { surface: SURFACE, ...query } })),
    report: (as: Caller = MEI, season = SEASON) => made(gate.call("GET /v1/reports/delivery", { as, query: { season, surface: SURFACE } })),
  };
  return {
    ...steps,
    /** A published season that takes applications. */
    async season() {
      await gate.setClock(PREPARING);
      await steps.plan();
      return steps.announce();
    },
    /** Takes a brand the whole way: both keys, a campaign, a card the host approved. */
    async admit(as: User = MEI, attestedUntil?: string) {
      const { id: application } = await steps.apply(as);
      await steps.attest(application, attestedUntil);
      const [{ id: grant }] = (await steps.grant(application)).grants;
      const { id: campaign } = await steps.campaign(as);
      const { id: card } = await steps.card(campaign, as);
      await steps.approveCard(card);
      return { application, grant, campaign, card };
    },
  };
}

/** The token at the end of an impression or click address. */
export const tokenIn = (url: string) => ({ token: url.split("/").at(-1) ?? "" });
