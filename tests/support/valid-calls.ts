import type { User } from "../../lib/domain/authorisation.ts";
import type { Request } from "../../scripts/local/http-event.ts";
import type { Caller, Gate, Reply } from "./gate.ts";
import {
  applicationOf,
  BID_REQUEST,
  CAMPAIGN,
  CARD,
  CHANGES,
  DENIAL,
  GRANT,
  imagesOf,
  newBrand,
  PLAN,
  PREPARING,
  REQUEST,
  SEASON,
  SECOND_OPERATOR,
  SETTINGS,
  SURFACE,
  stepsOf,
  WEBHOOK,
} from "./gate-steps.ts";
import { csvOf, listRow } from "./import-lists.ts";
import { minted, mintedClicks, mintedDecision, mintedStatement } from "./minted.ts";

/** Who, and with what. */
export type ValidCall = Request & { readonly as: Caller };

export const STAGES = ["draft", "pending", "attested", "denied", "granted"] as const;
export type Stage = (typeof STAGES)[number];

/** Things at every stage, that calls can be about. */
export interface World {
  /** A brand with a grant, a campaign and an approved card. */
  readonly brand: User;
  /** A brand that has not applied. */
  readonly stranger: User;
  readonly application: Readonly<Record<Stage, string>>;
  /** Whose each of those applications is. */
  readonly applicant: Readonly<Record<Stage, User>>;
  /** Of the granted application. */
  readonly grant: string;
  /** A brand whose keys were both imported, and its grant. */
  readonly imported: { readonly brand: string; readonly grant: string };
  /** The reviewer's, that no part has been sent of. */
  readonly import: { readonly open: string; readonly whole: string };
  /** The brand's two. */
  readonly webhook: { readonly kept: string; readonly ended: string };
  /** Thrown on a card nobody is shown. */
  readonly switch: string;
  readonly campaign: string;
  /** Another campaign of the brand's, with nothing in it. */
  readonly other: string;
  readonly card: { readonly pending: string; readonly approved: string };
  readonly draft: string;
  /** Two more drafts, to be changed and to be dropped. */
  readonly edited: string;
  readonly dropped: string;
  /** How many there are with it; its calls are made for its own minute (`timeOf`). */
  readonly number: number;
  /** A season that is on then. */
  readonly begun: string;
  /** A published season in trial, and one whose trial is halted. */
  readonly trial: string;
  readonly halted: string;
  /** A published season with something proposed for it. */
  readonly proposed: string;
  /** A published season after the one in hand. */
  readonly later: string;
}

let worlds = 0;

/** As if it were over: a day is stated when it is final, and no world lasts so long. */
const STATED_DAY = "2024-05-21";

/** Makes a world in a gate; the first also publishes the season, which takes applications. */
export async function makeWorld(gate: Gate): Promise<World> {
  const go = stepsOf(gate);
  const isFirst = ++worlds === 1;
  if (isFirst) await go.season();
  await gate.setClock(minute(worlds));
  // Only then: the season that is on in an earlier world's minute is over by the clock of a later one.
  if (isFirst) await gate.tick();
  const [brand, stranger] = [newBrand(), newBrand()];
  const { campaign, card: approved } = await go.admit(brand);
  const applicant = { draft: newBrand(), pending: newBrand(), attested: newBrand(), denied: newBrand(), granted: newBrand() };
  const { id: kept } = await go.draft(applicant.draft);
  const { id: pending } = await go.apply(applicant.pending);
  const { id: attested } = await go.apply(applicant.attested);
  await go.attest(attested);
  const { id: denied } = await go.apply(applicant.denied);
  await go.review(denied, DENIAL);
  const { id: granted } = await go.apply(applicant.granted);
  await go.attest(granted);
  const [{ id: grant }] = (await go.grant(granted)).grants;
  const { id: card } = await go.card(campaign, brand);
  const { id: other } = await go.campaign(brand);
  const { id: keptWebhook } = await go.subscribe(brand);
  const { id: endedWebhook } = await go.subscribe(brand);
  await mintedStatement(STATED_DAY);
  await mintedClicks({ brand: brand.tenant, campaign, card: approved, hour: `${STATED_DAY}T12` });
  const [imported, open, whole] = [await importOne(go), await go.beginImport("reviewer"), await go.beginImport("reviewer")];
  const { id: thrown } = await go.throw({ level: "card", card });
  const { id: draft } = await go.plan({ ...PLAN, id: `draft-${worlds}`, ...inYear(FIRST_YEAR + worlds) });
  const { id: later } = await go.plan({ ...PLAN, id: `later-${worlds}`, ...inYear(FIRST_YEAR + worlds, "07") });
  await go.announce(later);
  const { id: edited } = await go.plan({ ...PLAN, id: `edited-${worlds}`, ...inYear(FIRST_YEAR + worlds) });
  const { id: dropped } = await go.plan({ ...PLAN, id: `dropped-${worlds}`, ...inYear(FIRST_YEAR + worlds) });
  const { id: begun } = await go.plan({ ...PLAN, id: `begun-${worlds}`, ...thisMinute(worlds) });
  await go.announce(begun, 1, SECOND_OPERATOR);
  const inTrial = async (id: string, month: string) => {
    await go.plan({ ...PLAN, id, ...inYear(FIRST_YEAR + worlds, month), rings: [TRIAL] });
    await go.announce(id);
    return id;
  };
  const trial = await inTrial(`trial-${worlds}`, "09");
  const halted = await inTrial(`halted-${worlds}`, "11");
  await go.signal(halted, SIGNAL);
  const { id: proposed } = await go.plan({ ...PLAN, id: `proposed-${worlds}`, ...inYear(FIRST_YEAR + worlds, "08") });
  await go.announce(proposed);
  await go.replan(proposed, { ...planned, ...inYear(FIRST_YEAR + worlds, "10"), version: 2, reason: "Another month." });
  return {
    number: worlds,
    brand,
    stranger,
    application: { draft: kept, pending, attested, denied, granted },
    applicant,
    grant,
    imported,
    import: { open: open.id, whole: whole.id },
    webhook: { kept: keptWebhook, ended: endedWebhook },
    switch: thrown,
    campaign,
    other,
    card: { pending: card, approved },
    draft,
    edited,
    dropped,
    begun,
    trial,
    halted,
    proposed,
    later,
  };
}

/** A brand that nobody has met, with both its keys, by an import of each side. */
async function importOne(go: ReturnType<typeof stepsOf>): Promise<World["imported"]> {
  const row = listRow(900_000 + worlds);
  const [of, by] = [await go.beginImport("attester"), await go.beginImport("reviewer")];
  await go.sendPart("attester", of.id, 1, csvOf([row]));
  const { outcomes } = await go.sendPart("reviewer", by.id, 1, csvOf([row]));
  return { brand: row["brand"] ?? "", grant: outcomes[0].id };
}

/** The year before the first world's; a season has to lie before 2100, which bounds how many worlds there can be. */
const FIRST_YEAR = 2024;

/** Each draft in a year of its own, so that publishing one is not in the way of another. */
const inYear = (year: number, month = "06") => ({
  phases: [
    { id: "wave-1", names: PLAN.names, opensAt: `${year}-${month}-01T00:00:00+08:00`, closesAt: `${year}-${month}-02T00:00:00+08:00` },
  ],
  instants: { applicationsClose: `${year}-05-01T00:00:00+08:00`, clickGraceEnds: `${year}-${month}-03T00:00:00+08:00` },
});
/** A trial that a single complaint halts. */
const TRIAL = { brand: null, steps: [{ from: "2024-01-01T00:00:00Z", share: 100 }], limits: { complaints: 0 } };
const SIGNAL = { complaints: 1, from: "2024-05-13T09:00:00+08:00", until: "2024-05-13T09:30:00+08:00" };

/** Each world has a minute to itself, with a season that is on in it. */
const minute = (world: number) => new Date(Date.parse(PREPARING) + world * 60_000).toISOString();
/** The time that a world's calls are made for. */
export const timeOf = ({ number }: World): string => minute(number);
const thisMinute = (world: number) => ({
  phases: [{ id: "wave-1", names: PLAN.names, opensAt: minute(world), closesAt: minute(world + 1) }],
  instants: {},
});
const { id: _id, ...planned } = PLAN;

/** For every route a call that succeeds in this world, once. */
export function validCalls({
  number,
  brand,
  stranger,
  application,
  applicant,
  grant,
  imported,
  import: { open, whole },
  webhook,
  switch: thrown,
  campaign,
  other,
  card,
  draft,
  edited,
  dropped,
  begun,
  trial,
  halted,
  proposed,
  later,
}: World): Readonly<Record<string, ValidCall>> {
  const query = { season: SEASON, surface: SURFACE };
  const of = (stage: Stage) => ({ as: applicant[stage], params: { application: application[stage] } });
  const turn = { verb: "suspend", reason: "A complaint is being looked into." };
  return {
    "POST /v1/applications": { as: stranger, body: { ...applicationOf(stranger), submit: true } },
    "GET /v1/applications": { as: brand, query: { season: SEASON } },
    "GET /v1/applications/{application}": { as: "reviewer", params: { application: application.pending } },
    "PUT /v1/applications/{application}": { ...of("draft"), body: { ...applicationOf(applicant.draft), categories: ["home"] } },
    "POST /v1/applications/{application}/submission": of("draft"),
    "POST /v1/applications/{application}/appeal": { ...of("denied"), body: { words: "The logo is sharp at full size." } },
    "GET /v1/reviews": { as: "reviewer" },
    "POST /v1/applications/{application}/attestation": {
      as: "attester",
      params: { application: application.pending },
      body: { expiresAt: PLAN.instants.clickGraceEnds },
    },
    "POST /v1/applications/{application}/reviews": { as: "reviewer", params: { application: application.attested }, body: GRANT },
    "POST /v1/applications/{application}/attestation/turns": {
      as: "attester",
      params: { application: application.granted },
      body: turn,
    },
    "POST /v1/applications/{application}/grants/{grant}/turns": {
      as: "reviewer",
      params: { application: application.granted, grant },
      body: turn,
    },
    "POST /v1/applications/{application}/withdrawal": of("denied"),
    "POST /v1/applications/{application}/renewal": { ...of("granted"), body: { season: later } },
    "POST /v1/seasons": { as: "operator", body: { ...PLAN, id: `new-${draft}` } },
    "POST /v1/seasons/{season}/copies": {
      as: "operator",
      params: { season: SEASON },
      body: { id: `copy-of-${draft}`, names: PLAN.names, opens: "2025-05-13" },
    },
    "PUT /v1/seasons/{season}": { as: "operator", params: { season: edited }, body: { ...planned, version: 1 } },
    "POST /v1/seasons/{season}/extension": {
      as: "operator",
      params: { season: later },
      body: { version: 2, phase: "wave-1", closesAt: `${FIRST_YEAR + number}-07-05T00:00:00Z`, reason: "It goes well." },
    },
    "POST /v1/seasons/{season}/proposal/withdrawal": { as: "operator", params: { season: proposed }, body: { version: 3 } },
    "POST /v1/seasons/{season}/closure": { as: "operator", params: { season: begun }, body: { version: 2, reason: "It does not." } },
    "POST /v1/seasons/{season}/cancellation": { as: "operator", params: { season: dropped }, body: { version: 1, reason: "No need." } },
    "POST /v1/seasons/{season}/signals": { as: "feed", params: { season: trial }, body: SIGNAL },
    "POST /v1/seasons/{season}/rings/resumption": {
      as: "operator",
      params: { season: halted },
      body: { version: 3, reason: "It was one viewer." },
    },
    "POST /v1/seasons/{season}/publication": { as: "operator", params: { season: draft }, body: { version: 1 } },
    "GET /v1/seasons": { as: "operator" },
    "GET /v1/seasons/{season}": { as: "operator", params: { season: draft } },
    "POST /v1/campaigns": {
      as: brand,
      body: { ...CAMPAIGN, flight: { opensAt: "2024-05-21T00:00:00Z", closesAt: "2024-05-22T00:00:00Z" } },
    },
    "GET /v1/campaigns": { as: brand, query: { limit: "10" } },
    "GET /v1/campaigns/{campaign}": { as: brand, params: { campaign } },
    "PUT /v1/campaigns/{campaign}": { as: brand, params: { campaign: other }, body: { ...SETTINGS, version: 1 } },
    "POST /v1/campaigns/{campaign}/turns": { as: brand, params: { campaign }, body: { verb: "pause" } },
    "POST /v1/cards": { as: brand, body: { ...CARD, campaign } },
    "GET /v1/cards/{card}": { as: brand, params: { card: card.pending } },
    "POST /v1/cards/{card}/reviews": { as: "reviewer", params: { card: card.pending }, body: { decision: "approve", version: 1 } },
    "POST /v1/cards/lint": { as: brand, body: { ...CARD, campaign } },
    "GET /v1/cards": { as: brand, query: { limit: "10" } },
    "GET /v1/cards/{card}/preview": { as: "reviewer", params: { card: card.pending } },
    "PUT /v1/cards/{card}": { as: brand, params: { card: card.approved }, body: { ...CARD, weight: 7, version: 2 } },
    "POST /v1/images": {
      as: brand,
      rawBody: imagesOf("450")[0]?.bytes.toString("base64") ?? "",
      base64: true,
      headers: { "content-type": "image/png" },
    },
    "GET /images/{fingerprint}": { as: null, params: { fingerprint: CARD.images[0]?.sha256 ?? "" } },
    "GET /v1/whitelist": { as: brand, query },
    "GET /v1/whitelist/export": { as: brand, query: { ...query, format: "json" } },
    "POST /v1/whitelist/checks": { as: "reviewer", body: { ...query, brands: [brand.tenant] } },
    "GET /whitelist/{surface}/{document}": { as: null, params: { surface: SURFACE, document: `${SEASON}.json` } },
    "POST /v1/whitelist/imports": { as: "reviewer", body: { ...query, dryRun: true } },
    "PUT /v1/whitelist/imports/{import}/parts/{part}": {
      as: "reviewer",
      params: { import: open, part: "1" },
      rawBody: csvOf([listRow(910_000 + number), listRow(920_000 + number, { storeType: "independent" })]),
      headers: { "content-type": "text/csv" },
    },
    "POST /v1/whitelist/imports/{import}/completion": { as: "reviewer", params: { import: whole }, body: { parts: 0 } },
    "GET /v1/whitelist/imports/{import}": { as: "auditor", params: { import: open }, query: { limit: "50" } },
    "POST /v1/whitelist/{surface}/{season}/{brand}/attestation/turns": {
      as: "attester",
      params: { ...query, brand: imported.brand },
      body: turn,
    },
    "POST /v1/whitelist/{surface}/{season}/{brand}/grants/{grant}/turns": { as: "reviewer", params: { ...query, ...imported }, body: turn },
    "GET /v1/whitelist/changes": { as: brand, query: { since: "0" } },
    "POST /v1/webhooks": { as: brand, body: WEBHOOK },
    "GET /v1/webhooks": { as: brand },
    "POST /v1/webhooks/{webhook}/replays": { as: brand, params: { webhook: webhook.kept }, body: { since: "0" } },
    "DELETE /v1/webhooks/{webhook}": { as: brand, params: { webhook: webhook.ended } },
    "POST /v1/decisions": { as: "feed", body: REQUEST },
    "POST /openrtb2/{surface}/bid": { as: "feed", params: { surface: SURFACE }, body: BID_REQUEST },
    "GET /v1/decisions/{decision}/replay": { as: "reviewer", params: { decision: mintedDecision() } },
    "GET /v1/explain": { as: brand, query: { surface: SURFACE } },
    "POST /v1/switches": { as: "operator", body: { level: "card", card: card.pending, reason: "A complaint is being looked into." } },
    "GET /v1/switches": { as: "operator" },
    "POST /v1/switches/{switch}/lifting": { as: "operator", params: { switch: thrown }, body: { reason: "It was unfounded." } },
    "GET /v1/reports/delivery": { as: brand, query },
    "GET /v1/statements/{season}/{day}": { as: "attester", params: { season: SEASON, day: STATED_DAY }, query: { surface: SURFACE } },
    "GET /.well-known/jwks.json": { as: null },
    "POST /v1/credits": {
      as: "reviewer",
      body: { campaign, day: STATED_DAY, kind: "click", count: 1, reason: "They came from a machine." },
    },
    "POST /v1/reconciliations": {
      as: "attester",
      body: { ...query, rows: [{ brand: brand.tenant, day: STATED_DAY, impressions: 0, clicks: 0 }] },
    },
    "GET /v1/reports/fairness": { as: brand, query },
    "POST /v1/impressions": { as: "feed", body: { batch: "batch-0001", events: [{ token: minted("impression") }] } },
    "GET /i/{token}": { as: null, params: { token: minted("impression") } },
    "GET /c/{token}": { as: null, params: { token: minted("click") } },
    "GET /go/{token}": { as: null, params: { token: minted("click") } },
    "POST /go/{token}/outcome": { as: null, params: { token: minted("click") }, body: { outcome: "opened-app", link: "tmall-app" } },
    "GET /openapi.json": { as: null },
    "GET /health": { as: null },
  };
}

/** A card is ruled on in the version that was seen. */
const versionIn = ({ body }: { readonly body: object }): { readonly version?: unknown } =>
  "version" in body ? { version: body.version } : {};

export interface BodyForm {
  readonly form: string;
  readonly route: string;
  readonly call: ValidCall & { readonly body: object };
}

/** Every form of body that a route takes, in a call that succeeds. */
export function bodyForms(world: World): readonly BodyForm[] {
  const forms = Object.entries(validCalls(world)).flatMap(([route, call]) =>
    call.body === undefined ? [] : [{ form: route, route, call: { ...call, body: call.body as object } }],
  );
  const denials = forms
    .filter(({ route }) => route.endsWith("/reviews"))
    .map(({ route, call }) => ({ form: `${route} (a denial)`, route, call: { ...call, body: { ...DENIAL, ...versionIn(call) } } }));
  const waived = forms
    .filter(({ route }) => route === "POST /v1/applications/{application}/reviews")
    .flatMap(({ route, call }) => [
      { form: `${route} (with a waiver)`, route, call: { ...call, body: { ...GRANT, waivers: [{ code: "x", reason: "As agreed." }] } } },
      { form: `${route} (for changes)`, route, call: { ...call, body: CHANGES } },
    ]);
  return [...forms, ...denials, ...waived];
}

/** Changed again, in the version that the change has made. */
const next = (call: BodyForm["call"]) => ({ ...call, body: { ...call.body, version: Number(versionIn(call).version) + 1 } });

let plans = 0;
/** How a call that has succeeded may be made again without another world; the rest needs one. */
const AGAIN: Readonly<Record<string, (call: BodyForm["call"]) => BodyForm["call"]>> = {
  "POST /v1/applications": (call) => ({ ...call, as: newBrand() }),
  "PUT /v1/applications/{application}": (call) => call,
  "POST /v1/seasons": (call) => ({ ...call, body: { ...call.body, id: `plan-${++plans}` } }),
  "POST /v1/campaigns": (call) => call,
  "POST /v1/whitelist/imports": (call) => call,
  "POST /v1/cards": (call) => call,
  "POST /v1/cards/lint": (call) => call,
  "PUT /v1/campaigns/{campaign}": next,
  "PUT /v1/cards/{card}": next,
  "POST /v1/decisions": (call) => call,
  "POST /openrtb2/{surface}/bid": (call) => call,
  "POST /v1/impressions": (call) => call,
  "POST /v1/credits": (call) => call,
  "POST /v1/reconciliations": (call) => call,
  "POST /go/{token}/outcome": (call) => call,
};

/** Makes a form's call with changes to its body, each where the call has not succeeded yet. */
export function unspent(gate: Gate, form: string) {
  let fresh: BodyForm | undefined;
  return async (changed: (body: object) => object): Promise<Reply> => {
    fresh ??= bodyForms(await makeWorld(gate)).find((each) => each.form === form);
    if (!fresh) throw new Error(`no form ${form}`);
    const reply = await gate.call(fresh.route, { ...fresh.call, body: changed(fresh.call.body) });
    const again = AGAIN[fresh.route];
    if (reply.status < 400) fresh = again && { ...fresh, call: again(fresh.call) };
    return reply;
  };
}
