import { createHash } from "node:crypto";
import * as z from "zod";
import { applications } from "../../lib/contracts/applications.ts";
import { cards } from "../../lib/contracts/cards.ts";
import { readResource } from "../local/season-plans.ts";
import type { Random } from "./random.ts";
import type { Timetable } from "./timetable.ts";

const shape = applications.open.body.shape;
const sampleBrands = z.object({
  brands: z.array(z.object({ id: z.string(), names: shape.names, store: shape.store, contacts: shape.contacts })),
});
const faces = z.object({ cards: z.array(z.object({ ...cards.submit.body.omit({ campaign: true, images: true }).shape })) });

/** A brand that takes part, and what it applies with: a form that the season's own rules admit. */
export interface Participant {
  readonly id: string;
  readonly surface: string;
  readonly form: ApplicationForm;
  /** What its card shows. */
  readonly face: Readonly<Record<string, unknown>> & { readonly template: string };
  readonly destination: string;
}

type ApplicationForm = Omit<z.output<typeof applications.open.body>, "submit">;

const FIRST = ["云", "星", "竹", "雪", "风", "松", "海", "月", "桃", "山"] as const;
const SECOND = ["舟", "鹿", "灯", "鹤", "砚", "铃", "桥", "鲸", "瓦", "露"] as const;
const KIND = ["坊", "记", "号", "社", "里"] as const;
const FIRST_EN = ["Cloud", "Star", "Bamboo", "Snow", "Wind", "Pine", "Sea", "Moon", "Peach", "Hill"] as const;
const SECOND_EN = ["Boat", "Deer", "Lamp", "Crane", "Inkstone", "Bell", "Bridge", "Whale", "Tile", "Dew"] as const;
const KIND_EN = ["Works", "Notes", "Express", "Club", "Lane"] as const;
/** No fact of any season; only what brands in this play sell. */
const CATEGORIES = ["beauty", "apparel", "home", "food", "sports", "baby", "pets", "electronics"] as const;

/** The `n`th further invented name; no two are the same. */
function inventedNames(n: number) {
  const [first, second, kind] = [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 5];
  const round = n >= 500 ? ` ${Math.floor(n / 500) + 1}` : "";
  return {
    zh: `${FIRST[first]}${SECOND[second]}${KIND[kind]}${round.trim()}`,
    en: `${FIRST_EN[first]} ${SECOND_EN[second]} ${KIND_EN[kind]}${round}`,
  };
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** A day that is well after the season is over, and one that is before. */
export const documentDays = ({ instants }: Timetable) => {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return { lasting: day(instants.closes + 400 * 86_400_000), expiring: day(instants.closes - 3 * 86_400_000) };
};

/** So many brands: the sample's first, then further invented ones, each fit for the season it applies to. */
export async function participants(times: Timetable, count: number, random: Random): Promise<readonly Participant[]> {
  const known = sampleBrands.parse(await readResource("sample/brands.json")).brands;
  const shown = faces.parse(await readResource("sample/cards.json")).cards;
  const { lasting } = documentDays(times);
  return Array.from({ length: count }, (_, index): Participant => {
    const admission = times.admissions[index % times.admissions.length] ?? times.admissions[0];
    if (!admission) throw new Error("a season admits somebody");
    const number = String(index + 1).padStart(26, "0");
    const sample = known[index];
    const names = sample?.names ?? inventedNames(index - known.length);
    const storeId = sample?.store.id ?? `9910${String(index).padStart(8, "0")}`;
    const open = CATEGORIES.filter((category) => !admission.closedCategories.includes(category));
    const face = shown[index % shown.length];
    if (!face) throw new Error("the sample has cards");
    const itemId = `88${String(index).padStart(10, "0")}`;
    const isItem = random.happens(0.3);
    return {
      id: sample?.id ?? `brd_${number}`,
      surface: admission.surface,
      form: {
        season: times.id,
        marketplace: times.marketplace,
        surfaces: [admission.surface],
        names,
        store: { id: storeId, type: admission.storeTypes[index % admission.storeTypes.length] ?? "flagship", names },
        categories: [open[index % open.length] ?? "other"],
        documents: admission.requiredDocuments.map((kind) => ({
          kind,
          number: `REHEARSAL-${index + 1}`,
          fingerprint: digest(`${kind} ${index}`),
          expiresOn: lasting,
        })),
        contacts: sample?.contacts ?? [{ name: names.zh, email: `brand-${index + 1}@example.com` }],
      },
      face: { ...face, destination: isItem ? { kind: "item", itemId } : { kind: "store" } },
      destination: isItem ? itemId : storeId,
    };
  });
}
