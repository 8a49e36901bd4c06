import type { AuditEvent } from "./audit.ts";
import type { Role, User } from "./authorisation.ts";
import { Refusal } from "./refusal.ts";
import type { Instant } from "./window.ts";

/** What an action is called once it has happened; where one action can end in two ways, by how it ended. */
const HAPPENED = {
  "application:draft": "application.drafted",
  "application:edit": "application.edited",
  "application:renew": "application.renewed",
  "application:submit": "application.submitted",
  "application:attest": "application.attested",
  "application:approve": "application.approved",
  "application:deny": "application.denied",
  "application:request-changes": "application.sent-back",
  "application:appeal": "application.appealed",
  "application:amend": "application.amended",
  "application:change-contacts": "application.contacts-changed",
  "application:withdraw": "application.withdrawn",
  "attestation:give": "attestation.given",
  "attestation:renew": "attestation.renewed",
  "attestation:suspend": "attestation.suspended",
  "attestation:reinstate": "attestation.reinstated",
  "attestation:revoke": "attestation.revoked",
  "attestation:import": "attestation.imported",
  "grant:give": "grant.given",
  "grant:suspend": "grant.suspended",
  "grant:reinstate": "grant.reinstated",
  "grant:revoke": "grant.revoked",
  "grant:import": "grant.imported",
  "import:begin": "import.begun",
  "import:finish": "import.finished",
  "campaign:create": "campaign.created",
  "campaign:edit": "campaign.edited",
  "campaign:pause": "campaign.paused",
  "campaign:resume": "campaign.resumed",
  "credit:give": "credit.given",
  "card:create": "card.submitted",
  "card:revise": "card.resubmitted",
  "card:adjust": "card.adjusted",
  "card:approve": "card.approved",
  "card:deny": "card.denied",
  "card:request-changes": "card.sent-back",
  "season:publish": "season.published",
  "season:publish-proposal": "season.replanned",
  "season:close-early": "season.closed-early",
  "season:cancel": "season.cancelled",
  "season:halt-ring": "season.ring-halted",
  "season:resume-ring": "season.ring-resumed",
  "season:turn open": "season.opened",
  "season:turn closed": "season.closed",
  "season:turn archived": "season.archived",
  "switch:throw": "switch.thrown",
  "switch:lift": "switch.lifted",
  "webhook:create": "webhook.created",
  "webhook:replay": "webhook.replayed",
  "webhook:disable": "webhook.disabled",
  "webhook:delete": "webhook.deleted",
} as const satisfies Readonly<Record<string, string>>;

/** The types of change that have a name; an action that has none here is announced as `<kind>.changed`. */
export const CHANGE_TYPES: readonly string[] = Object.values(HAPPENED);

/** One change of state as it is announced: what an audit event tells the parties, without who in person did it. */
export interface Change {
  /** The same in every feed that has it. */
  readonly id: string;
  readonly type: string;
  readonly at: Instant;
  /** `<kind>/<id>`. */
  readonly subject: string;
  /** The subject's own, after the change. */
  readonly version: number;
  readonly host: string | null;
  readonly marketplace: string | null;
  readonly brand: string | null;
  readonly season: string | null;
  readonly surfaces: readonly string[];
  /** In which role somebody did it. */
  readonly by: Role | "clock";
  readonly before: string | null;
  readonly after: string;
  readonly why: string | null;
}

/** A change in its place in a feed. A feed's sequence begins at 1, has no gap, and never changes. */
export interface FedChange extends Change {
  readonly sequence: number;
}

/** What one audit event puts where. An event that nobody is told of has no entries, and is done with all the same. */
export interface Announcement {
  readonly event: AuditEvent;
  readonly entries: readonly { readonly feed: string; readonly change: Change }[];
}

/**
 * The changes an audit event announces, each into the feed of every party it concerns. Every party has a feed of its own, so
 * that its sequence tells it nothing of how much happens to others.
 */
export function announcementOf(event: AuditEvent): Announcement {
  const feeds = feedsOf(event);
  return { event, entries: changesOf(event).flatMap((change) => feeds.map((feed) => ({ feed, change }))) };
}

function changesOf({ effects, ...event }: AuditEvent): Change[] {
  const { host, marketplace, brand, season, surfaces } = event.concern;
  const common = { at: event.at, host, marketplace, brand, season, by: event.actor.role, why: event.why };
  const own = { id: event.id, subject: event.subject, version: event.version, surfaces, before: event.before, after: event.after };
  return [
    { ...common, ...own, type: typeOf(event) },
    ...effects.map(({ action, ...effect }, index) => ({
      ...common,
      ...effect,
      id: `${event.id}_${index + 1}`,
      type: typeOf({ action, after: effect.after }),
    })),
  ];
}

const names: Readonly<Record<string, string>> = HAPPENED;
const typeOf = ({ action, after }: Pick<AuditEvent, "action" | "after">): string =>
  names[`${action} ${after}`] ?? names[action] ?? `${action.split(":")[0]}.changed`;

/** What its planners do with a season before they publish it. A draft that is cancelled was never anybody else's. */
const isPlanning = ({ action, before }: AuditEvent) =>
  /^season:(?:plan|edit|propose|propose-extension|withdraw-proposal)$/.test(action) || (action === "season:cancel" && before === "draft");

/**
 * A brand's draft is the brand's own until it is submitted, and a season's its planners' until it is published: of that one
 * nobody is told, nor of a dry run, which changes nothing.
 */
function feedsOf(event: AuditEvent): string[] {
  const { action, before, after, concern } = event;
  const { host, marketplace, brand } = concern;
  if (isPlanning(event) || action.startsWith("dry-run:")) return [];
  const isDraft = after === "draft" || (before === "draft" && after === "withdrawn");
  return [
    ...(host !== null && !isDraft ? [`host/${host}`] : []),
    ...(marketplace !== null && !isDraft ? [`marketplace/${marketplace}`] : []),
    ...(brand !== null ? [`brand/${brand}`] : []),
  ];
}

/** The feed of a user's own tenant. An auditor has none, and names the host's. @throws Refusal `host-not-named`, `not-found`. */
export function feedFor({ role, tenant }: User, host: string | undefined): string {
  switch (role) {
    case "brand":
      if (host !== undefined) throw new Refusal("not-found");
      return `brand/${tenant}`;
    case "attester":
      if (host !== undefined) throw new Refusal("not-found");
      return `marketplace/${tenant}`;
    case "auditor":
      if (host === undefined) throw new Refusal("host-not-named");
      return `host/${host}`;
    default:
      if (host !== undefined && host !== tenant) throw new Refusal("not-found");
      return `host/${tenant}`;
  }
}

/**
 * As many changes from the beginning as follow `since` without a gap. A transaction's entries may be seen one before the
 * other; whoever took the later one and went on from there would lose the earlier.
 */
export function unbroken(changes: readonly FedChange[], since: number): readonly FedChange[] {
  const gap = changes.findIndex(({ sequence }, index) => sequence !== since + index + 1);
  return gap < 0 ? changes : changes.slice(0, gap);
}
