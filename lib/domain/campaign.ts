import type { Parties } from "./authorisation.ts";
import { isCurrent } from "./eligible.ts";
import type { Grant } from "./grant.ts";
import { Refusal } from "./refusal.ts";
import type { Act } from "./review.ts";
import { type Season, span } from "./season.ts";
import type { Instant, Window } from "./window.ts";

export interface CampaignForm {
  readonly season: string;
  readonly surface: string;
  readonly name: string;
  /** When it runs; null for the whole season. */
  readonly flight: Window | null;
}

/** What a brand runs in a season on a surface. */
export interface Campaign extends CampaignForm, Parties {
  readonly id: string;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly version: number;
}

/** A campaign needs a grant and stays inside its season. @throws Refusal `not-granted`, `bad-flight`. */
export function createCampaign(
  form: CampaignForm,
  { season, grants, id, by, at }: Act & { id: string; season: Season; grants: readonly Grant[] },
): Campaign {
  const grant = grants.find((each) => isCurrent(each, at));
  if (!grant) throw new Refusal("not-granted");
  if (form.flight) refuseBadFlight(form.flight, span(season));
  const { brand, marketplace, host } = grant;
  return { ...form, id, brand, marketplace, host, createdBy: by, createdAt: at, version: 1 };
}

function refuseBadFlight(flight: Window, season: Window): void {
  if (flight.opensAt >= flight.closesAt)
    throw new Refusal("bad-flight", [
      { code: "window-empty", field: "/flight/closesAt", detail: "A flight has to close later than it opens." },
    ]);
  if (flight.opensAt < season.opensAt || flight.closesAt > season.closesAt)
    throw new Refusal("bad-flight", [
      { code: "flight-outside-season", field: "/flight", detail: "A flight has to lie inside its season." },
    ]);
}
