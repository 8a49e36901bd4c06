import { setTimeout as pause } from "node:timers/promises";
import { ulid } from "ulid";
import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import type { User } from "../../lib/domain/authorisation.ts";
import { people } from "../local/people.ts";
import { asUsed, plainImages } from "../local/plain-images.ts";
import { type Conversation, insist, Surprise } from "./conversation.ts";
import type { Festival } from "./festival.ts";

/** What the walk can do beside asking: move the stack's clock, and call the scheduled function as the schedule does. */
export interface Controls {
  readonly setClock: (instant: number) => Promise<void>;
  readonly tick: () => Promise<{ turns: readonly { season: string; to: string }[] }>;
}

interface Slot {
  readonly brand?: string;
  readonly card?: { readonly id: string; readonly text: unknown; readonly offer: unknown };
  readonly impressionUrl?: string;
  readonly clickUrl?: string;
  readonly noAd?: { readonly code: number; readonly reason: string };
}

const SURFACE = "wechat-moments";
const STORE = "990000000618";
const person = (role: keyof typeof people): User => ({ role, ...people[role] });
/** Milliseconds. */
const PATIENCE_MS = 15_000;
/** How long the viewer of the demo looks at a card before tapping it. Milliseconds. */
const LOOKS_FOR_MS = 500;

/** The main job, end to end: apply, attest, grant, prepare, open, serve, count, route, close. @throws Surprise at the first one. */
export async function walk(conversation: Conversation, season: Festival, controls: Controls): Promise<void> {
  const brand: User = { role: "brand", tenant: `brd_${ulid()}`, sub: "usr_demo_marketer" };
  const opensAt = Date.parse(season.phases[0].opensAt);
  const closesAt = Date.parse((season.phases.at(-1) ?? season.phases[0]).closesAt);

  const application = await apply(conversation, season, brand);
  await attestAndGrant(conversation, season, application);
  const card = await prepare(conversation, season, brand);

  conversation.step("Before the opening nothing is served, and the answer says why.");
  await eventually(conversation, "A decision before the opening should be a no-ad: phase-not-open.", async () => {
    const [slot] = await decide(conversation, 1, ["tmall"]);
    return slot?.noAd?.reason === "phase-not-open" ? slot : undefined;
  });

  conversation.step("The festival opens: the clock passes the official instant, and the scheduled function records it.");
  await controls.setClock(opensAt + 1_000);
  await turn(conversation, controls, season, "open");

  const withApp = await serve(conversation, brand, card, ["tmall"]);
  await countImpression(conversation, withApp);
  await follow(
    conversation,
    withApp,
    "The viewer has the Tmall app: the tap opens the store in it.",
    `tmall://page.tm/shop?shopId=${STORE}`,
  );

  const withoutApp = await serve(conversation, brand, card, []);
  await follow(
    conversation,
    withoutApp,
    "The viewer has no such app: the tap leads to the Taobao page.",
    `https://shop.m.taobao.com/shop/shop_index.htm?shop_id=${STORE}`,
  );

  await report(conversation, season, brand);

  conversation.step("The festival closes: the clock passes the official instant, and the scheduled function records it.");
  await controls.setClock(closesAt + 1_000);
  await turn(conversation, controls, season, "closed");
  const late = await decide(conversation, 1, ["tmall"]);
  insist(late[0]?.noAd?.reason === "season-closed", "A decision after the closing should be a no-ad: season-closed.");
}

async function apply(conversation: Conversation, season: Festival, brand: User): Promise<string> {
  conversation.step("A brand applies. What a machine can check is answered at once; the rest waits for people.");
  // A name of its own, so that a walk begun before does not make this one a look-alike.
  const mark = brand.tenant.slice(-4);
  const year = Number(season.phases[0].opensAt.slice(0, 4));
  const { body } = await conversation.ask({
    method: "POST",
    to: "/v1/applications",
    as: brand,
    body: {
      season: season.id,
      marketplace: "tmall",
      surfaces: [SURFACE],
      names: { zh: `演示茶事${mark}`, en: `Demo Tea House ${mark}` },
      store: { id: STORE, type: "flagship", names: { zh: "演示茶事旗舰店", en: "Demo Tea House Flagship Store" } },
      categories: ["food"],
      documents: [
        { kind: "business-licence", number: "DEMO-0001", fingerprint: "c".repeat(64), expiresOn: `${year + 5}-12-31` },
        { kind: "trademark", number: "DEMO-0002", fingerprint: "d".repeat(64), expiresOn: `${year + 5}-12-31` },
      ],
      contacts: [{ name: "演示", email: "demo@example.com" }],
    },
    expect: 201,
    show: ({ id, state, revision, submittedAt, flags }: Record<string, unknown>) => ({ id, state, revision, submittedAt, flags }),
  });
  return body.id;
}

async function attestAndGrant(conversation: Conversation, season: Festival, application: string): Promise<void> {
  conversation.step("Key one: the marketplace vouches for the store.");
  await conversation.ask({
    method: "POST",
    to: `/v1/applications/${application}/attestation`,
    as: person("attester"),
    body: { expiresAt: season.instants.clickGraceEnds },
    expect: 201,
    show: ({ storeType, attestedBy, expiresAt }: Record<string, unknown>) => ({ storeType, attestedBy, expiresAt }),
  });
  conversation.step("Key two: the host approves, which writes the grant: the brand is on the whitelist.");
  await conversation.ask({
    method: "POST",
    to: `/v1/applications/${application}/reviews`,
    as: person("reviewer"),
    body: { decision: "approve", grants: [{ surface: SURFACE, phases: season.phases.map(({ id }) => id), templates: ["310"] }] },
    expect: 201,
    show: ({ application: { state }, grants: [grant] }: { application: { state: string }; grants: [Record<string, unknown>] }) => ({
      state,
      grant: { id: grant["id"], phases: grant["phases"], templates: grant["templates"], expiresAt: grant["expiresAt"] },
    }),
  });
}

async function prepare(conversation: Conversation, season: Festival, brand: User): Promise<string> {
  const template = shippedCatalogue().surface(SURFACE)?.templates[0];
  if (!template) throw new Error(`${SURFACE} has no template`);
  conversation.step("The brand sets up a campaign.");
  const { body: campaign } = await conversation.ask({
    method: "POST",
    to: "/v1/campaigns",
    as: brand,
    body: { season: season.id, surface: SURFACE, name: "演示 618", flight: null },
    expect: 201,
    show: ({ id, name, category, state }: Record<string, unknown>) => ({ id, name, category, state }),
  });
  conversation.step("It uploads the card's images, of which the file alone says what they are.");
  const images = plainImages(template, brand.tenant);
  for (const { bytes } of images)
    await conversation.ask({ method: "POST", to: "/v1/images", as: brand, file: { type: "image/png", bytes }, expect: 201 });
  const form = {
    campaign: campaign.id,
    template: template.id,
    text: { text: "春茶新到,一叶入杯,整间屋子都静下来。" },
    offer: { text: "满300减50", price: 32_900, salePrice: 27_900 },
    callToAction: "去逛逛",
    images: asUsed(images),
    destination: { kind: "store" },
  };
  conversation.step("It asks what is wrong with the card before it submits it: at first a word that the law forbids, then nothing.");
  await lint(conversation, brand, { ...form, text: { text: "最好的春茶" } }, false);
  await lint(conversation, brand, form, true);
  conversation.step("It submits the card.");
  const { body: card } = await conversation.ask({
    method: "POST",
    to: "/v1/cards",
    as: brand,
    body: form,
    expect: 201,
    show: ({ id, status, destination }: Record<string, unknown>) => ({ id, status, destination }),
  });
  conversation.step("The host approves the card.");
  await conversation.ask({
    method: "POST",
    to: `/v1/cards/${card.id}/reviews`,
    as: person("reviewer"),
    body: { decision: "approve", version: card.version },
    expect: 201,
    show: ({ id, status, decidedBy }: Record<string, unknown>) => ({ id, status, decidedBy }),
  });
  return card.id;
}

async function lint(conversation: Conversation, as: User, body: object, ok: boolean): Promise<void> {
  const { body: found } = await conversation.ask({ method: "POST", to: "/v1/cards/lint", as, body, expect: 200 });
  insist(found.ok === ok, ok ? "The card should have no fault." : "The card should be told its fault.");
}

/** Only the slots that say something to this reader: the demo's own card, or why there is none. */
async function decide(
  conversation: Conversation,
  slots: number,
  installedApps: readonly string[],
  brand?: string,
): Promise<readonly Slot[]> {
  const { body } = await conversation.ask({
    method: "POST",
    to: "/v1/decisions",
    as: person("feed"),
    body: { surface: SURFACE, slots, viewer: { key: "viewer-of-the-demo", installedApps } },
    expect: 200,
    show: (all: { slots: Slot[] }) => {
      const ours = all.slots.filter((slot) => slot.brand === brand || (brand === undefined && slot.noAd));
      const others = all.slots.filter((slot) => slot.card && !ours.includes(slot)).length;
      const brief = ours.map(({ card, ...slot }) => (card ? { card: { id: card.id, text: card.text, offer: card.offer }, ...slot } : slot));
      return { ...all, slots: others > 0 ? [...brief, `and ${others} of other brands`] : brief };
    },
  });
  return body.slots;
}

/** The card reaches warm instances within seconds of its approval; asked until then. */
async function serve(conversation: Conversation, { tenant }: User, card: string, installedApps: readonly string[]): Promise<Slot> {
  conversation.step(`The feed asks for cards; the viewer has ${installedApps.length > 0 ? "the Tmall app" : "neither app"}.`);
  return eventually(conversation, "The approved card should be served within the open window.", async () => {
    const slots = await decide(conversation, 10, installedApps, tenant);
    return slots.find((slot) => slot.card?.id === card);
  });
}

async function countImpression(conversation: Conversation, { impressionUrl = "" }: Slot): Promise<void> {
  conversation.step("The card begins to render. Told twice, counted once.");
  await conversation.ask({ method: "GET", to: impressionUrl, expect: 204 });
  await conversation.ask({ method: "GET", to: impressionUrl, expect: 204 });
  conversation.note("  The viewer looks at it: a tap within a third of a second of its card would be told apart as too fast.");
  await pause(LOOKS_FOR_MS);
}

async function follow(conversation: Conversation, { clickUrl = "" }: Slot, title: string, expected: string): Promise<void> {
  conversation.step(title);
  const { location } = await conversation.ask({ method: "GET", to: clickUrl, expect: 302 });
  insist(location === expected, `The tap should lead to ${expected}.`);
}

async function turn(conversation: Conversation, { tick }: Controls, season: Festival, to: string): Promise<void> {
  conversation.note("→ the scheduled function, as the schedule calls it every minute");
  const { turns } = await tick();
  conversation.note(
    `← ${turns.length > 0 ? turns.map((each) => `${each.season} is ${each.to}`).join(", ") : "nothing to record: the schedule was first"}`,
  );
  const { body } = await conversation.ask({
    method: "GET",
    to: `/v1/seasons/${season.id}`,
    as: person("operator"),
    expect: 200,
    show: ({ id, status, turns: recorded }: Record<string, unknown>) => ({ id, status, turns: recorded }),
  });
  insist(body.status === to, `${season.id} should be ${to}.`);
}

async function report(conversation: Conversation, season: Festival, brand: User): Promise<void> {
  conversation.step(
    "The report, as the brand sees it: one impression, one click. The other tap came without an impression, and is told apart.",
  );
  const question = { method: "GET", to: `/v1/reports/delivery?season=${season.id}&surface=${SURFACE}`, as: brand, expect: 200 } as const;
  await eventually(conversation, "The report should show one impression and one click.", async () => {
    const { body } = await conversation.ask({ ...question, show: counted });
    const { impressions, clicks, invalidClicks } = counted(body);
    return impressions === 1 && clicks === 1 && invalidClicks["no-impression"] === 1 ? body.total : undefined;
  });
}

/** What of a report's total the walk has made. */
function counted(report: object) {
  const { impressions, clicks, invalid } = (report as { readonly total: Total }).total;
  return { impressions, clicks, invalidClicks: invalid.clicks };
}

interface Total {
  readonly impressions: number;
  readonly clicks: number;
  readonly invalid: { readonly clicks: Readonly<Record<string, number>> };
}

/** Snapshots and tallies follow their writes by a stream: asked until it is so. @throws Surprise with the sentence when it stays otherwise. */
async function eventually<T>(conversation: Conversation, sentence: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(500)) {
    const found = await look();
    if (found !== undefined) return found;
    conversation.note("It is still on its way; asking again.");
  }
  throw new Surprise(sentence);
}
