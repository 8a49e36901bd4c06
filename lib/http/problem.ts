import type { RefusalCode } from "../domain/refusal.ts";
import type { RequestFaultCode } from "./faults.ts";
import { COMMON, type Problem, problemBy, type Row } from "./problem-document.ts";

/** Every code there is. A code without a row does not compile. */
const PROBLEMS = {
  ...COMMON,
  "self-review": [403, "Never your own", "Somebody who had no hand in it has to decide."],
  "already-decided": [409, "Already decided", "Read it again; a decision stands once made."],
  "wrong-state": [409, "Not possible in this state", "Read it again; errors says what is possible from here."],
  "already-appealed": [409, "Already appealed", "An application can be appealed once; the last decision stands."],
  "too-many-rulings": [409, "Ruled on too often", "Deny it, or ask the brand to withdraw it and apply anew."],
  "flag-not-waived": [422, "A flag needs a waiver", "Give a reason for each flag named in errors, or refuse."],
  "trial-full": [409, "The trial is full", "Free a place, or raise the season's capacity."],
  "answered-already": [409, "Answered already", "The same Idempotency-Key was answered meanwhile; send it again for that answer."],
  "already-applied": [409, "Already applied", "The brand has an application for this surface and season; read it."],
  "already-attested": [
    409,
    "Already attested",
    "It is attested, until the instant it names; attest it for longer, or reinstate what is suspended.",
  ],
  "not-attested": [409, "Not attested yet", "The marketplace has to vouch for the brand, and its word has to be current."],
  "not-admissible": [422, "Not admissible", "Correct each element named in errors."],
  "not-granted": [403, "Not whitelisted", "The brand needs a current grant for this surface and season."],
  "card-not-acceptable": [422, "The card breaks a limit", "Correct each element named in errors."],
  "not-an-image": [422, "Not an image we take", "Send one whole, upright PNG or JPEG; errors says what this is."],
  "campaign-not-acceptable": [422, "The campaign does not fit", "Correct each element named in errors."],
  "bad-timeline": [422, "Not a timeline", "Correct each element named in errors."],
  "import-differs": [409, "Not the list that was begun", "Go on with the list as it was, or begin another import."],
  "not-the-importer": [403, "Somebody else's import", "Whoever began an import goes on with it; begin one of your own."],
  "not-a-list": [400, "Not a list of brands", "Correct what errors names, and send it again; nothing of it was taken in."],
  "part-too-long": [422, "Too many rows in one part", "Send at most 500 rows in a part."],
  "part-out-of-order": [409, "Another part is next", "Send the parts in order; errors says which is next."],
  "part-under-way": [409, "The part is being taken in", "Send it again in half a minute; what is done then is not done twice."],
  "season-exists": [409, "The season exists", "Choose another id, or read the season that has it."],
  "season-not-draft": [409, "Not a draft", "Only a draft can be published; read the season again."],
  "season-version-outdated": [409, "Not the version in hand", "Read the season again and publish its present version."],
  "nothing-proposed": [409, "Nothing is proposed", "Propose a plan or an extension first; read the season again."],
  "bad-signal": [422, "Not a measurement", "Say when it began and when it ended, in the past."],
  "reason-missing": [422, "A reason is needed", "Say why the published season is to change."],
  "second-operator-needed": [403, "It takes two", "In the freeze another operator than the author has to publish."],
  "season-not-open-to-applications": [409, "The season takes no applications", "Choose a season that is scheduled or open."],
  "host-not-named": [400, "Whose changes?", "Name the host in the query."],
  "too-many-webhooks": [409, "Too many webhooks", "Delete one that is not needed."],
  "too-many-switches": [409, "Too many switches are thrown", "Lift one, or throw one of a wider level."],
  "link-stopped": [410, "The way there is closed", "The host has stopped this link; try again later."],
  "no-longer-kept": [410, "Not kept", "What was served is known for as long as it was published, and 35 days after."],
  "not-replayable": [410, "Not to be made again", "More keys had just been taken away than a decision's id can name."],
  "token-invalid": [400, "Not an address of ours", "Use the address exactly as the decision gave it."],
  "token-expired": [410, "The address has expired", "Ask for a new decision."],
  "batch-differs": [409, "The batch differs", "The batch of this id held other events. Send these under an id of their own."],
  "cursor-invalid": [400, "Not a cursor of this list", "Begin again without a cursor, as the same caller and with the same filters."],
  "list-too-long": [422, "Too long for one reply", "Read it page by page at /v1/whitelist."],
  "report-too-long": [422, "Too much for one report", "Group more coarsely, or ask for less time with from and to."],
  "statement-not-final": [409, "The day is not final", "See errors for when it will be."],
  "credit-too-large": [409, "More than was counted", "What was counted on that day, less what was given back already, is the most."],
  "changed-meanwhile": [409, "Changed meanwhile", "Read it again and decide on what it is now."],

  unhealthy: [503, "Not well", "See errors for what is too old or cannot be read; the operators have to put it right."],
} as const satisfies Record<RefusalCode | RequestFaultCode, Row>;

/** What an error means to the one who asked. */
export const problemOf = (error: unknown, requestId: string): Problem => problemBy(PROBLEMS, error, requestId);
