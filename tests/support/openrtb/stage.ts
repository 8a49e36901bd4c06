import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import type { User } from "../../../lib/domain/authorisation.ts";
import { asUsed, plainImages } from "../../../scripts/local/plain-images.ts";
import type { Gate } from "../gate.ts";
import { applicationOf, BID_REQUEST, CAMPAIGN, newBrand, PLAN, PREPARING, SURFACE, stepsOf, TERMS } from "../gate-steps.ts";

const { cards } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../resources/sample/cards.json"), "utf8"));
const cardOf = (sample: number, over: object = {}) => {
  const { brand: _brand, ...face } = cards.find(({ brand }: { brand: string }) => brand === `brd_${String(sample).padStart(26, "0")}`);
  return { ...face, ...over };
};

const templates = shippedCatalogue().surface(SURFACE)?.templates ?? [];

interface Player {
  readonly names: { zh: string; en: string };
  readonly card: { readonly template: string };
  readonly terms?: object;
  readonly category?: string;
  readonly targeting?: object;
  readonly limits?: object;
}

/**
 * The brands of the conformance cases, by the name that stands for their ids there: `brd_lamp`, `grt_lamp`, `cmp_lamp`, `crd_lamp`,
 * and `img_lamp_main` for its image's fingerprint. Each sells something else, unless it says what.
 */
const CAST: Readonly<Record<string, Player>> = {
  // Three are live: one of image and text, two of a single image, the last without an offer and leading to an item.
  lamp: { names: { zh: "檐下鲸灯", en: "Whale Lamp" }, card: cardOf(3) },
  dress: { names: { zh: "纸鹤衬衫", en: "Paper Crane" }, card: cardOf(4) },
  cat: {
    names: { zh: "毛线警长", en: "Sheriff Yarn" },
    card: cardOf(13, { offer: null, destination: { kind: "item", itemId: "700000000013" } }),
  },
  // The others are each kept back by something else.
  later: { names: { zh: "二波茶", en: "Second Tea" }, card: cardOf(1), terms: { phases: ["wave-2"] } },
  suspended: { names: { zh: "停牌锅", en: "Paused Pot" }, card: cardOf(1) },
  unattested: { names: { zh: "未证椅", en: "Bare Chair" }, card: cardOf(1) },
  unreviewed: { names: { zh: "待审杯", en: "Waiting Cup" }, card: cardOf(1) },
  trial: { names: { zh: "试映镜", en: "Trial Mirror" }, card: cardOf(1) },
  stopped: { names: { zh: "急停伞", en: "Stopped Umbrella" }, card: cardOf(1) },
};
/** Comes later: it sells what `dress` does, to some. */
const RIVAL: Player = {
  names: { zh: "对门衣", en: "Shirt Next Door" },
  card: cardOf(1),
  category: "dress",
  targeting: {
    os: ["ios"],
    regions: ["CN-SH"],
    segments: { any: ["new-parents"], none: ["staff"] },
    hostVersion: { min: "8.0.49" },
  },
};

/** Later still: one that a viewer may see once a day, and one that may be shown once. */
const CAPPED: Readonly<Record<string, Player>> = {
  often: { names: { zh: "一日一杯", en: "Cup a Day" }, card: cardOf(4), limits: { frequency: { most: 1, units: 1, unit: "day" } } },
  scarce: { names: { zh: "孤品琴", en: "Only Lute" }, card: cardOf(4), limits: { caps: { daily: null, total: 1 }, pacing: "asap" } },
};

/** In the order they can be had: each goes on from the one before. */
export const STAGES = ["nothing-published", "nobody-whitelisted", "618", "for-some", "capped", "all-stopped"] as const;
export type Stage = (typeof STAGES)[number];

/** Ids by the names that stand for them in cases. */
export type Names = Map<string, string>;

/** Makes the stages, one after the other; what each makes is written under its name into `names`. */
export function stagesOf(gate: Gate, names: Names): Readonly<Record<Stage, () => Promise<void>>> {
  const go = stepsOf(gate);
  const brands = new Map<string, User>([...Object.keys(CAST), "rival", ...Object.keys(CAPPED)].map((name) => [name, newBrand()]));
  const tenant = (name: string) => brands.get(name)?.tenant ?? "";
  /** Nobody is in this trial before its last day. */
  const rings = [{ brand: tenant("trial"), steps: [{ from: "2024-06-20T00:00:00+08:00", share: 10_000 }] }];

  async function admit(name: string, { names: called, card, terms = {}, category = name, targeting = {}, limits = {} }: Player) {
    const as = brands.get(name) as User;
    const { id: application } = await go.apply(as, { ...applicationOf(as), names: called, categories: [category] });
    await go.attest(application);
    const reply = await go.review(application, { decision: "approve", waivers: [], grants: [{ ...TERMS, ...terms }] });
    const { id: campaign } = await go.campaign(as, { ...CAMPAIGN, targeting, ...limits });
    const images = templates.filter(({ id }) => id === card.template).flatMap((template) => plainImages(template, name));
    for (const { bytes } of images) await go.upload(bytes, as);
    const { status, body } = await gate.call("POST /v1/cards", { as, body: { ...card, images: asUsed(images), campaign } });
    if (status !== 201) throw new Error(JSON.stringify(body));
    if (name !== "unreviewed") await go.approveCard(body.id);
    const grant = reply.grants[0].id;
    for (const [kind, id] of Object.entries({ brd: as.tenant, grt: grant, cmp: campaign, crd: body.id })) names.set(`${kind}_${name}`, id);
    for (const { role, sha256 } of images) names.set(`img_${name}_${role}`, sha256);
    return { application, grant };
  }

  /** So that what is held is known to be old: cases may all be of one instant, and an instance looks again after two seconds. */
  const lookAgain = async () => {
    await gate.setClock(PREPARING);
    await gate.call("POST /openrtb2/{surface}/bid", { as: "feed", params: { surface: SURFACE }, body: BID_REQUEST });
  };

  return {
    "nothing-published": async () => undefined,
    async "nobody-whitelisted"() {
      await gate.setClock(PREPARING);
      await go.plan({ ...PLAN, rings });
      await go.announce();
      await gate.publish();
      await lookAgain();
    },
    async "618"() {
      await gate.setClock(PREPARING);
      const admitted = new Map<string, Awaited<ReturnType<typeof admit>>>();
      for (const [name, player] of Object.entries(CAST)) admitted.set(name, await admit(name, player));
      const { application, grant } = admitted.get("suspended") ?? { application: "", grant: "" };
      await go.turnGrant(application, grant, "suspend");
      await go.turnAttestation(admitted.get("unattested")?.application ?? "", "suspend");
      await go.throw({ level: "brand", brand: tenant("stopped") });
      await gate.publish();
      await lookAgain();
    },
    async "for-some"() {
      await gate.setClock(PREPARING);
      await admit("rival", RIVAL);
      await gate.publish();
      await lookAgain();
    },
    async capped() {
      await gate.setClock(PREPARING);
      for (const [name, player] of Object.entries(CAPPED)) await admit(name, player);
      await gate.publish();
      await lookAgain();
    },
    async "all-stopped"() {
      await go.throw({ level: "surface", surface: SURFACE });
      await lookAgain();
    },
  };
}
