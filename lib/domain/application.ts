import { APPLICATION_MACHINE, type ApplicationState, type ApplicationVerb } from "./application-machine.ts";
import { type Attestation, vouching } from "./attestation.ts";
import type { Parties } from "./authorisation.ts";
import { ELEMENTS, hasElement } from "./difference.ts";
import { next } from "./machine.ts";
import type { Names } from "./names.ts";
import { type Reason, Refusal } from "./refusal.ts";
import type { Renewed } from "./renewal.ts";
import { type Act, type Feedback, mayDecide } from "./review.ts";
import type { Season } from "./season.ts";
import type { Instant } from "./window.ts";

export interface Store {
  readonly id: string;
  readonly type: string;
  readonly names: Names;
}

export interface BrandDocument {
  readonly kind: string;
  readonly number: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly fingerprint: string;
  /** Last day of validity, `YYYY-MM-DD`, in the season's zone. */
  readonly expiresOn: string;
}

export interface Contact {
  readonly name: string;
  readonly email: string;
}

/** What a brand says of itself when it asks to be let in. */
export interface ApplicationForm {
  readonly season: string;
  readonly marketplace: string;
  readonly surfaces: readonly [string, ...string[]];
  readonly names: Names;
  readonly store: Store;
  readonly categories: readonly string[];
  readonly documents: readonly BrandDocument[];
  readonly contacts: readonly [Contact, ...Contact[]];
}

/** Something a machine noticed and a person has to decide on: approval waives it, with a reason. */
export interface Flag {
  readonly code: string;
  readonly field: string;
  readonly detail: string;
  readonly waived: { readonly by: string; readonly at: Instant; readonly reason: string } | null;
}

/** A ruling of the host. It stands as it was made; a later one is added to it. */
export interface Ruling {
  readonly verb: "approve" | "deny" | "request-changes";
  readonly by: string;
  readonly at: Instant;
  /** Of what was ruled on. */
  readonly revision: number;
  readonly feedback: readonly Feedback[];
}

/** A brand's request to be let in to a season. */
export interface Application extends ApplicationForm, Parties {
  readonly id: string;
  readonly state: ApplicationState;
  /** Counts what has been submitted: a ruling and an attestation are of one revision. */
  readonly revision: number;
  readonly flags: readonly Flag[];
  readonly appeal: string | null;
  /** All of the brand who had a hand in it. None of them attests it, rules on it, or gives a key of it back. */
  readonly editors: readonly string[];
  readonly createdAt: Instant;
  readonly submittedAt: Instant | null;
  /** When the marketplace vouched for what it says; whether it still does is its attestation's to say. */
  readonly attestedAt: Instant | null;
  readonly rulings: readonly Ruling[];
  /** The approved revision of an earlier season's application that it was begun from, if it was. */
  readonly renews?: Renewed | undefined;
  readonly version: number;
}

/** An item has an end, of 400 KB; nobody needs as many. A denial is always possible: after its one appeal there is no third. */
const MOST_RULINGS = 50;
/** Of all rulings together, in characters of JSON, three bytes each at most; another ruling, and two denials, may come on top. */
const MOST_FEEDBACK = 60_000;

interface Start extends Act {
  readonly id: string;
  readonly brand: string;
  readonly form: ApplicationForm;
  readonly season: Season;
}

/** An application begins as its brand's own draft. */
export const begin = ({ id, brand, form, season, by, at }: Start): Application => ({
  ...form,
  id,
  brand,
  host: season.host,
  state: "draft",
  revision: 0,
  flags: [],
  appeal: null,
  editors: [by],
  createdAt: at,
  submittedAt: null,
  attestedAt: null,
  rulings: [],
  version: 1,
});

const stepped = (application: Application, verb: ApplicationVerb): Application => ({
  ...application,
  state: next(APPLICATION_MACHINE, application.state, verb),
  version: application.version + 1,
});

const joinedBy = ({ editors }: Application, by: string): readonly string[] => (editors.includes(by) ? editors : [...editors, by]);

/** The brand changes what it has not submitted. @throws Refusal `wrong-state`, `not-admissible` for another season. */
export const edit = (application: Application, form: ApplicationForm, { by }: Act): Application => ({
  ...stepped(application, "edit"),
  ...ofSameSeason(application, form),
  editors: joinedBy(application, by),
});

/** An application is to one season, in which it holds its brand's place. */
function ofSameSeason({ season }: Application, form: ApplicationForm): ApplicationForm {
  if (form.season !== season)
    throw new Refusal("not-admissible", [
      { code: "season-fixed", field: "/season", detail: `This is an application to ${season}; apply to another season anew.` },
    ]);
  return form;
}

/** Whether it is the brand's to submit. @throws Refusal `wrong-state`. */
export function submittable({ state }: Pick<Application, "state">): void {
  next<ApplicationState, ApplicationVerb>(APPLICATION_MACHINE, state, "submit");
}

/**
 * To the people who decide, with what the machine noticed. `vouchedFor` is the revision that the marketplace vouches for, if
 * it does: unless the same is still so, it has to be attested anew. @throws Refusal `wrong-state`.
 */
export const submit = (application: Application, flags: readonly Flag[], { by, at }: Act, vouchedFor?: ApplicationForm): Application => ({
  ...stepped(application, "submit"),
  revision: application.revision + 1,
  flags,
  editors: joinedBy(application, by),
  submittedAt: at,
  attestedAt: vouchedFor && !isMaterial(vouchedFor, application) ? application.attestedAt : null,
});

/** Key one was turned. @throws Refusal `wrong-state`, `self-review`. */
export function attested(application: Application, { by, at }: Act): Application {
  const after = stepped(application, "attest");
  mayDecide(application, by);
  return { ...after, attestedAt: at };
}

/** Why the host lets through what was flagged with this code. */
export interface Waiver {
  readonly code: string;
  readonly reason: string;
}

/** What an approval rests on: key one, and the reasons for which flags are waived. */
export interface Grounds {
  readonly attestation: Attestation | undefined;
  readonly waivers: readonly Waiver[];
}

/**
 * Key two, which needs key one at that instant. Every flag needs a waiver with its reason, and every waiver a flag.
 * @throws Refusal `wrong-state`, `self-review`, `too-many-rulings`, `not-attested`, `flag-not-waived`, `not-admissible`.
 */
export function approve(application: Application, { attestation, waivers }: Grounds, act: Act): Application {
  const after = ruled(application, "approve", act, []);
  vouching(attestation, act.at);
  const waiverOf = ({ code }: Pick<Flag, "code">) => waivers.find((waiver) => waiver.code === code);
  const open = application.flags.filter((flag) => !waiverOf(flag)).map(({ waived: _, ...reason }) => reason);
  if (open.length > 0) throw new Refusal("flag-not-waived", open);
  const idle = idleWaivers(application, waivers);
  if (idle.length > 0) throw new Refusal("not-admissible", idle);
  return { ...after, flags: application.flags.map((flag) => ({ ...flag, waived: { ...act, reason: waiverOf(flag)?.reason ?? "" } })) };
}

/** Waivers of what nobody flagged: whoever waives it has read another application, or another revision. */
function idleWaivers({ flags }: Application, waivers: readonly Waiver[]): Reason[] {
  const flagged = new Set(flags.map(({ code }) => code));
  return waivers.flatMap(({ code }, index) =>
    flagged.has(code)
      ? []
      : [{ code: "flag-unknown", field: `/waivers/${index}/code`, detail: `Flagged: ${[...flagged].join(", ") || "nothing"}.` }],
  );
}

/**
 * The host says no, or not like this, and of which element of what was submitted.
 * @throws Refusal `wrong-state`, `self-review`, `too-many-rulings`, `not-admissible` for an element that is not in it.
 */
export function refuse(application: Application, verb: "deny" | "request-changes", feedback: readonly Feedback[], act: Act): Application {
  const after = ruled(application, verb, act, feedback);
  const unknown = feedback.flatMap(({ element }, index): Reason[] =>
    hasElement(application, element)
      ? []
      : [
          {
            code: "element-unknown",
            field: `/feedback/${index}/element`,
            detail: `There are ${ELEMENTS.join(", ")}, and what is in them.`,
          },
        ],
  );
  if (unknown.length > 0) throw new Refusal("not-admissible", unknown);
  return after;
}

function ruled(application: Application, verb: Ruling["verb"], { by, at }: Act, feedback: readonly Feedback[]): Application {
  const after = stepped(application, verb);
  mayDecide(application, by);
  const isFull = application.rulings.length >= MOST_RULINGS || JSON.stringify(application.rulings).length > MOST_FEEDBACK;
  if (verb !== "deny" && isFull) throw new Refusal("too-many-rulings");
  const ruling: Ruling = { verb, by, at, revision: application.revision, feedback };
  return { ...after, rulings: [...application.rulings, ruling] };
}

/** The brand asks again about the same application, once. @throws Refusal `wrong-state`, `already-appealed`. */
export function appeal(application: Application, words: string, { by, at }: Act): Application {
  const after = stepped(application, "appeal");
  if (application.appeal !== null) throw new Refusal("already-appealed");
  return { ...after, appeal: words, editors: joinedBy(application, by), submittedAt: at };
}

/** The brand takes it back. @throws Refusal `wrong-state`. */
export const withdraw = (application: Application, { by }: Act): Application => ({
  ...stepped(application, "withdraw"),
  editors: joinedBy(application, by),
});

/**
 * Whether the names it was last submitted with are kept for its brand: until it is withdrawn, or denied for good. A first denial
 * keeps them, since it may be appealed.
 */
export const holdsNames = ({ state, revision, appeal: appealed }: Pick<Application, "state" | "revision" | "appeal">): boolean =>
  revision > 0 && state !== "withdrawn" && !(state === "denied" && appealed !== null);

/** What the keys vouch for. The rest, contacts, may change at any time. */
const MATERIAL = ["marketplace", "surfaces", "names", "store", "categories", "documents"] as const satisfies (keyof ApplicationForm)[];

/** Whether the change touches what the keys vouch for. */
export const isMaterial = (before: ApplicationForm, after: ApplicationForm): boolean =>
  MATERIAL.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));

/**
 * A change to what was approved. One that touches what the keys vouch for sends it back to be attested and reviewed anew;
 * any other is simply kept. @throws Refusal `wrong-state`, `not-admissible` for another season.
 */
export function amend(application: Application, changed: ApplicationForm, flags: readonly Flag[], act: Act): Application {
  const form = ofSameSeason(application, changed);
  if (application.state === "approved" && !isMaterial(application, form))
    return { ...stepped(application, "change-contacts"), contacts: form.contacts, editors: joinedBy(application, act.by) };
  return {
    ...stepped(application, "amend"),
    ...form,
    revision: application.revision + 1,
    flags,
    editors: joinedBy(application, act.by),
    submittedAt: act.at,
    attestedAt: null,
  };
}
