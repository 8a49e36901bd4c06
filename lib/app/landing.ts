import type { Outcome, Placed } from "../domain/delivery-event.ts";
import { openToken } from "../domain/event-token.ts";
import type { PublicCall } from "./ports/call.ts";
import type { Landing } from "./record-outcome.ts";
import { type WaysOnDeps, waysOn } from "./ways-on.ts";

/**
 * What the page before an app says: all of it from the signed token and our data, so that it is there when the store is not. The tap
 * was recorded where it came from. @throws Refusal `token-invalid`, `token-expired`, `link-stopped`.
 */
export const showLanding =
  (deps: WaysOnDeps) =>
  async ({ params }: PublicCall<{ token: string }>) => {
    const { placed, marketplace, ways } = await waysOn(deps, params.token);
    const app = ways.find(({ through }) => through === "page") ?? ways.find(({ needsApp }) => needsApp !== null);
    const web = ways.find(({ needsApp }) => needsApp === null);
    return {
      marketplace,
      leadsTo: placed.destination.kind,
      app: app ? { url: app.url, by: app.by, link: app.id } : null,
      web: web?.url ?? null,
    };
  };

interface TellDeps extends Pick<WaysOnDeps, "catalogue" | "signer" | "now"> {
  readonly recordOutcome: (placed: Placed, landing: Landing) => Promise<void>;
}

/**
 * What became of a tap that the page was before, as the page saw it: of a link form that there is, or of none. @throws Refusal
 * `token-invalid`, `token-expired`; Unavailable.
 */
export const tellLanding =
  ({ catalogue, signer, now, recordOutcome }: TellDeps) =>
  async ({ params, body, caller }: PublicCall<{ token: string }, unknown, { outcome: Outcome; link: string | null }>) => {
    const at = now();
    const placed = openToken(signer, "click", params.token, at);
    const forms = catalogue.marketplace(placed.marketplace)?.links[placed.destination.kind] ?? [];
    const link = forms.find(({ id }) => id === body.link)?.id ?? null;
    await recordOutcome(placed, { at, outcome: body.outcome, link, caller });
    return {};
  };
