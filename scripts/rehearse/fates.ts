import { documentDays, type Participant } from "./brands.ts";
import type { Random } from "./random.ts";
import type { Timetable } from "./timetable.ts";

/** What somebody does about a brand. `expect` is the refusal that the rules have for it; without one it has to succeed. */
export type Step = { readonly at: number; readonly expect?: string } & (
  | { readonly verb: "apply" | "draft" | "edit"; readonly form: Participant["form"]; readonly flag?: string }
  | { readonly verb: "submit" | "appeal" | "withdraw" | "approve-card" | "deny-card" }
  | { readonly verb: "attest"; readonly expiresAt: number }
  | { readonly verb: "approve"; readonly phases: readonly string[] }
  | { readonly verb: "deny" | "request-changes" }
  | { readonly verb: "campaign"; readonly flight: { readonly opensAt: number; readonly closesAt: number } | null }
  | { readonly verb: "card" }
  | { readonly verb: "turn-grant" | "turn-attestation"; readonly turn: "suspend" | "reinstate" | "revoke" }
);

interface Scene {
  readonly times: Timetable;
  readonly form: Participant["form"];
  readonly random: Random;
  readonly applies: number;
  /** The instant at this share of the way from applying to the deadline. */
  readonly applying: (share: number) => number;
  /** The instant at this share of the way to the opening, from applying or from later. */
  readonly before: (share: number, from?: number) => number;
  /** An instant inside the windows; the share is of one phase, drawn for the brand. */
  readonly inSeason: (share: number) => number;
  readonly phase: Timetable["phases"][number];
  readonly admission: Timetable["admissions"][number];
}

const HOUR_MS = 3_600_000;

/** From the application to an approved card, all before the opening. */
const prepared = (scene: Scene): Step[] => [{ at: scene.applies, verb: "apply", form: scene.form }, ...letIn(scene, scene.applies)];

/** From what was submitted to an approved card. */
const letIn = ({ times, before }: Scene, from: number): Step[] => [
  { at: before(0.2, from), verb: "attest", expiresAt: times.instants.clickGraceEnds },
  { at: before(0.5, from), verb: "approve", phases: times.phases.map(({ id }) => id) },
  ...carded(before(0.6, from), before(0.7, from), before(0.8, from)),
];

const carded = (campaignAt: number, cardAt: number, reviewAt: number): Step[] => [
  { at: campaignAt, verb: "campaign", flight: null },
  { at: cardAt, verb: "card" },
  { at: reviewAt, verb: "approve-card" },
];

const turned = (scene: Scene, verb: "turn-grant" | "turn-attestation", turn: "suspend" | "revoke"): Step[] => [
  ...prepared(scene),
  { at: scene.inSeason(0.3), verb, turn },
  ...(turn === "suspend" ? [{ at: scene.inSeason(0.6), verb, turn: "reinstate" } as const] : []),
];

/** A form that breaks one rule: refused with its code, or flagged where the season lets people waive it. */
const faulty = (scene: Scene, code: string, form: Participant["form"], at = scene.applies): Step[] => [
  { at, verb: "apply", form, ...(scene.admission.waivable.includes(code) ? { flag: code } : { expect: code }) },
];

/** Every way it can go with a brand. One that cannot come about in this season gives nothing. */
const FATES: Readonly<Record<string, (scene: Scene) => readonly Step[]>> = {
  prepared,
  "changes-requested": (scene) => [
    { at: scene.applies, verb: "apply", form: scene.form },
    { at: scene.applying(0.1), verb: "attest", expiresAt: scene.times.instants.clickGraceEnds },
    { at: scene.applying(0.3), verb: "request-changes" },
    { at: scene.applying(0.5), verb: "edit", form: corrected(scene.form) },
    { at: scene.applying(0.7), verb: "submit" },
    ...letIn(scene, scene.applying(0.7)),
  ],
  "grant-revoked": (scene) => turned(scene, "turn-grant", "revoke"),
  "attestation-suspended": (scene) => turned(scene, "turn-attestation", "suspend"),
  denied: (scene) => [
    { at: scene.applies, verb: "apply", form: scene.form },
    { at: scene.before(0.4), verb: "deny" },
  ],
  "store-type": (scene) => {
    const type = ["independent", "flagship", "specialty"].find((each) => !scene.admission.storeTypes.includes(each));
    return type ? faulty(scene, "store-type-not-admitted", { ...scene.form, store: { ...scene.form.store, type } }) : [];
  },
  late: (scene) => {
    const at = scene.times.instants.applicationsClose + scene.random.below(HOUR_MS);
    return faulty(scene, "deadline-passed", scene.form, at);
  },
  withdrawn: (scene) => [
    { at: scene.applies, verb: "apply", form: scene.form },
    { at: scene.before(0.3), verb: "withdraw" },
  ],
  "grant-suspended": (scene) => turned(scene, "turn-grant", "suspend"),
  "attestation-revoked": (scene) => turned(scene, "turn-attestation", "revoke"),
  "withdrawn-in-season": (scene) => [...prepared(scene), { at: scene.inSeason(0.5), verb: "withdraw" }],
  appealed: (scene) => [
    { at: scene.applies, verb: "apply", form: scene.form },
    { at: scene.before(0.2), verb: "attest", expiresAt: scene.times.instants.clickGraceEnds },
    { at: scene.before(0.3), verb: "deny" },
    { at: scene.before(0.4), verb: "appeal" },
    { at: scene.before(0.5), verb: "approve", phases: scene.times.phases.map(({ id }) => id) },
    ...carded(scene.before(0.6), scene.before(0.7), scene.before(0.8)),
  ],
  "attestation-ends": (scene) =>
    prepared(scene).map((step) => (step.verb === "attest" ? { ...step, expiresAt: scene.inSeason(0.5) } : step)),
  "one-phase": (scene) => prepared(scene).map((step) => (step.verb === "approve" ? { ...step, phases: [scene.phase.id] } : step)),
  flight: (scene) =>
    prepared(scene).map((step) =>
      step.verb === "campaign" ? { ...step, flight: { opensAt: scene.inSeason(0.2), closesAt: scene.inSeason(0.7) } } : step,
    ),
  "card-denied": (scene) => [
    ...prepared(scene).slice(0, -1),
    { at: scene.before(0.8), verb: "deny-card" },
    { at: scene.inSeason(0.1), verb: "card" },
    { at: scene.inSeason(0.2), verb: "approve-card" },
  ],
  "reviewed-late": (scene) => [
    { at: scene.applies, verb: "apply", form: scene.form },
    { at: scene.before(0.5), verb: "attest", expiresAt: scene.times.instants.clickGraceEnds },
    { at: scene.inSeason(0.2), verb: "approve", phases: scene.times.phases.map(({ id }) => id) },
    ...carded(scene.inSeason(0.25), scene.inSeason(0.3), scene.inSeason(0.4)),
  ],
  drafted: (scene) => [
    { at: scene.applies, verb: "draft", form: scene.form },
    { at: scene.applying(0.3), verb: "edit", form: corrected(scene.form) },
    { at: scene.applying(0.6), verb: "submit" },
    ...letIn(scene, scene.applying(0.6)),
  ],
  /** Its keys end with the change, and it is let in anew: possible only where a deadline that has passed may be waived. */
  amended: (scene) =>
    scene.admission.waivable.includes("deadline-passed")
      ? [
          ...prepared(scene),
          { at: scene.inSeason(0.3), verb: "edit", form: corrected(scene.form) },
          { at: scene.inSeason(0.4), verb: "attest", expiresAt: scene.times.instants.clickGraceEnds },
          { at: scene.inSeason(0.5), verb: "approve", phases: scene.times.phases.map(({ id }) => id) },
        ]
      : [],
  "category-closed": (scene) => {
    const category = scene.admission.closedCategories[0];
    return category ? faulty(scene, "category-closed", { ...scene.form, categories: [category] }) : [];
  },
  "document-missing": (scene) =>
    scene.form.documents.length > 0 ? faulty(scene, "document-missing", { ...scene.form, documents: scene.form.documents.slice(1) }) : [],
  "document-expiring": (scene) => {
    const [first, ...rest] = scene.form.documents;
    const expiresOn = documentDays(scene.times).expiring;
    return first ? faulty(scene, "document-expiring", { ...scene.form, documents: [{ ...first, expiresOn }, ...rest] }) : [];
  },
  twice: (scene) => [
    { at: scene.applies, verb: "apply", form: scene.form },
    { at: scene.applying(0.5), verb: "apply", form: scene.form, expect: "already-applied" },
  ],
  waiting: (scene) => [{ at: scene.applies, verb: "apply", form: scene.form }],
};

const corrected = (form: Participant["form"]): Participant["form"] => ({
  ...form,
  store: { ...form.store, names: { zh: `${form.store.names.zh}店`, en: `${form.store.names.en} Store` } },
});

const NAMES = Object.keys(FATES) as [string, ...string[]];

/** What happens to one brand: each fate has its turn, then most are prepared in time. */
export function fateOf(times: Timetable, { form, surface }: Participant, index: number, random: Random): readonly Step[] {
  const admission = times.admissions.find((each) => each.surface === surface);
  if (!admission) throw new Error(`nobody is admitted on ${surface}`);
  const { applicationsClose, opens } = times.instants;
  // Most come towards the end, and all in time to be put right once.
  const applies = times.startsAt + HOUR_MS + Math.floor((applicationsClose - times.startsAt - 6 * HOUR_MS) * Math.sqrt(random()));
  const phase = random.of(times.phases);
  const jitter = random() * 0.02;
  const scene: Scene = {
    times,
    form,
    random,
    admission,
    phase,
    applies,
    applying: (share) => Math.floor(applies + (applicationsClose - applies) * share),
    before: (share, from = applies) => Math.floor(from + (opens - from) * (share + jitter)),
    inSeason: (share) => Math.floor(phase.opensAt + (phase.closesAt - phase.opensAt) * (share + jitter)),
  };
  const steps = FATES[NAMES[index] ?? (random.happens(0.6) ? "prepared" : random.of(NAMES))]?.(scene) ?? [];
  return steps.length > 0 ? steps : prepared(scene);
}

/** Whether the fate needs one of the season's places. */
export const takesPlace = (steps: readonly Step[]): boolean => steps.some(({ verb }) => verb === "approve");
