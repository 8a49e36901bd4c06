import type { Campaign } from "./campaign.ts";
import type { Card } from "./card.ts";
import { type Season, span } from "./season.ts";
import { overlap, type Window } from "./window.ts";

type Timed = Pick<Card, "window" | "offer" | "seasonMark">;

/**
 * When a card may be shown: while the season, its campaign's flight, its own window and its offer are all on and its mark is licensed.
 * Of several licences of the mark the first that meets the rest counts. Empty when they never meet: it closes as it opens.
 */
export function servableWindow({ window, offer, seasonMark }: Timed, { flight }: Pick<Campaign, "flight">, season: Season): Window {
  const own = [flight, window, offer?.validity ?? null].filter((each) => each !== null).reduce(meeting, span(season));
  return seasonMark === null ? own : meeting(own, licenceOf(seasonMark, own, season));
}

/** Whether the window holds any instant. */
export const isEmpty = ({ opensAt, closesAt }: Window): boolean => closesAt <= opensAt;

const meeting = (one: Window, other: Window): Window => {
  const opensAt = Math.max(one.opensAt, other.opensAt);
  return { opensAt, closesAt: Math.max(opensAt, Math.min(one.closesAt, other.closesAt)) };
};

function licenceOf(mark: string, within: Window, { markLicences }: Season): Window {
  const licences = markLicences
    .filter((each) => each.mark === mark)
    .map(({ from, until }) => ({ opensAt: from, closesAt: until }))
    .toSorted((one, other) => one.opensAt - other.opensAt);
  return licences.find((licence) => overlap(licence, within)) ?? { opensAt: within.opensAt, closesAt: within.opensAt };
}
