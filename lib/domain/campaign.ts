import type { Parties } from "./authorisation.ts";
import { CAMPAIGN_MACHINE, type CampaignState, type CampaignVerb } from "./campaign-machine.ts";
import { isCurrent } from "./eligible.ts";
import type { Grant } from "./grant.ts";
import { next } from "./machine.ts";
import { type Reason, Refusal } from "./refusal.ts";
import type { Act } from "./review.ts";
import { type Season, span } from "./season.ts";
import type { Targeting } from "./targeting.ts";
import type { Instant, Window } from "./window.ts";

/** Most impressions; null for no limit. A day is one of the season's zone. */
export interface Caps {
  readonly daily: number | null;
  readonly total: number | null;
}

/** The units that frequency is counted in, and how many of each there may be (DV360's ranges, facts.md §7). */
export const FREQUENCY_UNITS = { minute: 59, hour: 23, day: 6, week: 4 } as const;
export type FrequencyUnit = keyof typeof FREQUENCY_UNITS;

/** One viewer sees it at most so often in so many units of time. */
export interface Frequency {
  readonly most: number;
  readonly units: number;
  readonly unit: FrequencyUnit;
}

/** What a brand may change of a campaign while it runs. */
export interface CampaignSettings {
  readonly name: string;
  /** What it sells, by which competitors are kept apart. */
  readonly category: string;
  /** When it runs; null for the whole season. */
  readonly flight: Window | null;
  /** Its share among its brand's campaigns, 1 to 1,000. */
  readonly weight: number;
  /** A house campaign is the last resort, where no other may be shown: priorities 8 and 16 of Google Ad Manager (facts.md §7). */
  readonly tier: "standard" | "house";
  readonly caps: Caps;
  /** Evenly over the day, or as fast as possible. */
  readonly pacing: "even" | "asap";
  readonly frequency: Frequency | null;
  readonly targeting: Targeting;
}

/** As they are handed in: a category that is left out is the first that its brand applied with. */
export type SettingsForm = Omit<CampaignSettings, "category"> & { readonly category?: string | undefined };

export interface CampaignForm extends SettingsForm {
  readonly season: string;
  readonly surface: string;
}

/** What a brand runs in a season on a surface. */
export interface Campaign extends CampaignSettings, Parties {
  readonly id: string;
  readonly season: string;
  readonly surface: string;
  /** What is paused is not shown. */
  readonly state: CampaignState;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly version: number;
}

/** What a campaign has to fit into. `categories`: those its brand applied with; null for a brand that was imported. */
export interface Room {
  readonly season: Season;
  readonly categories: readonly string[] | null;
}

/** A campaign needs a grant, stays inside its season and sells what its brand was let in with. @throws Refusal `not-granted`, `campaign-not-acceptable` with each fault. */
export function createCampaign(
  form: CampaignForm,
  { grants, id, by, at, ...room }: Act & Room & { id: string; grants: readonly Grant[] },
): Campaign {
  const grant = grants.find((each) => isCurrent(each, at));
  if (!grant) throw new Refusal("not-granted");
  const { brand, marketplace, host } = grant;
  const { season, surface } = form;
  const settings = settle(form, form.surface, room);
  return { ...settings, season, surface, id, brand, marketplace, host, state: "active", createdBy: by, createdAt: at, version: 1 };
}

/** The brand sets it up anew; a category that is left out stays as it was. @throws Refusal `campaign-not-acceptable` with each fault. */
export const editCampaign = (campaign: Campaign, form: SettingsForm, room: Room): Campaign => ({
  ...stepped(campaign, "edit"),
  ...settle({ ...form, category: form.category ?? campaign.category }, campaign.surface, room),
});

/** The brand stops it, or lets it go on. @throws Refusal `wrong-state`. */
export const turnCampaign = (campaign: Campaign, verb: "pause" | "resume"): Campaign => stepped(campaign, verb);

const stepped = (campaign: Campaign, verb: CampaignVerb): Campaign => ({
  ...campaign,
  state: next<CampaignState, CampaignVerb>(CAMPAIGN_MACHINE, campaign.state, verb),
  version: campaign.version + 1,
});

function settle(form: SettingsForm, surface: string, { season, categories }: Room): CampaignSettings {
  const { name, flight, weight, tier, caps, pacing, frequency, targeting } = form;
  const category = form.category ?? categories?.[0];
  const faults = [
    ...categoryFaults(category, surface, { season, categories }),
    ...(flight ? flightFaults(flight, span(season)) : []),
    ...capFaults(caps),
    ...(frequency ? frequencyFaults(frequency) : []),
  ];
  if (category === undefined || faults.length > 0) throw new Refusal("campaign-not-acceptable", faults);
  return { name, category, flight, weight, tier, caps, pacing, frequency, targeting };
}

function categoryFaults(category: string | undefined, surface: string, { season, categories }: Room): Reason[] {
  const field = "/category";
  if (category === undefined)
    return [{ code: "category-missing", field, detail: "The brand was whitelisted without an application: name what the campaign sells." }];
  if (categories && !categories.includes(category))
    return [{ code: "category-not-applied-for", field, detail: `The brand applied with ${categories.join(", ")}.` }];
  const closed = season.admissions.find((each) => each.surface === surface)?.closedCategories.includes(category);
  return closed ? [{ code: "category-closed", field, detail: "This category is closed on the surface this season." }] : [];
}

function flightFaults(flight: Window, season: Window): Reason[] {
  if (flight.opensAt >= flight.closesAt)
    return [{ code: "window-empty", field: "/flight/closesAt", detail: "A flight has to close later than it opens." }];
  if (flight.opensAt < season.opensAt || flight.closesAt > season.closesAt)
    return [{ code: "flight-outside-season", field: "/flight", detail: "A flight has to lie inside its season." }];
  return [];
}

const capFaults = ({ daily, total }: Caps): Reason[] =>
  daily !== null && total !== null && daily > total
    ? [{ code: "cap-above-total", field: "/caps/daily", detail: "A day's cap is at most the cap of all days." }]
    : [];

const frequencyFaults = ({ units, unit }: Frequency): Reason[] =>
  units > FREQUENCY_UNITS[unit]
    ? [{ code: "too-many-units", field: "/frequency/units", detail: `1 to ${FREQUENCY_UNITS[unit]} of unit ${unit}.` }]
    : [];
