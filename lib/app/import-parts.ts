import { mintCursor, openCursor } from "../domain/cursor.ts";
import type { Signer } from "../domain/event-token.ts";
import { expectImporter, finished, type Import, type ReadRow } from "../domain/import.ts";
import { answered, endPart, expectAll, MOST_ROWS, type Part, releasePart, takePart } from "../domain/import-part.ts";
import { Refusal } from "../domain/refusal.ts";
import { importCommitment } from "./import-events.ts";
import { done, plansOf } from "./import-rows.ts";
import { type ImportDeps, type ImportWish, newImport, openRun } from "./import-run.ts";
import type { Call } from "./ports/call.ts";
import type { ReadList, SentList } from "./ports/imports.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Now } from "./ports/world.ts";
import { within } from "./reach.ts";

interface Deps extends ImportDeps {
  readonly readList: ReadList;
  readonly cursors: Signer;
  /** Functions are stopped by the machine's clock, wherever the festival's stands. */
  readonly machineNow: Now;
}

type OfImport = { readonly import: string };

/** No function that takes in a part runs longer. Milliseconds. */
const HELD_MS = 30_000;

/** An import whose list is sent in parts. @throws Refusal `not-found`, `season-not-open-to-applications`, `not-admissible`, `self-review`. */
export const beginImportInParts =
  (deps: ImportDeps) =>
  async (call: Call<unknown, unknown, ImportWish>): Promise<Import> => {
    const into = await newImport(deps, call.user, call.body, true);
    await deps.imports.begin(into, importCommitment(deps, call, "begin", into));
    return into;
  };

/**
 * Takes in the next part, each row or none of it. One that was stopped is sent again and ends as if it had not been; one that
 * was taken in is answered as it was.
 * @throws Refusal `not-found`, `not-the-importer`, `wrong-state`, `not-a-list`, `part-too-long`, `part-out-of-order`, `part-under-way`,
 *   `import-differs`, `season-not-open-to-applications`, `changed-meanwhile`.
 */
export const sendPart =
  (deps: Deps) =>
  async ({ params, user, body }: Call<OfImport & { readonly part: number }, unknown, SentList>): Promise<Part> => {
    const into = within(user, await deps.imports.get(params.import));
    expectImporter(into, user);
    const content = deps.rows.contentOf(body);
    const earlier = await deps.imports.part(into.id, params.part);
    if (earlier) return answered(earlier, content);
    const read = await deps.readList(body);
    if (read.length > MOST_ROWS) throw new Refusal("part-too-long");

    const at = deps.machineNow();
    const held = takePart(into, params.part, content, { at, until: at + HELD_MS });
    await deps.imports.hold(held, deps.newId("try"));
    try {
      await takeIn(
        deps,
        held,
        read.map((each) => ({ ...each, row: each.row + into.rows })),
      );
    } catch (error) {
      await released(deps, held);
      throw error;
    }
    // As it is kept, so that the answer is the same when it is given again.
    const part = await deps.imports.part(into.id, params.part);
    if (!part) throw new Error("a part that was taken in is not there");
    return part;
  };

async function takeIn(deps: Deps, held: Import, reads: readonly ReadRow[]): Promise<void> {
  const earlier = await deps.imports.claimed(held.id);
  const run = await openRun(deps, held, { brands: new Set(earlier.brands), names: new Set(earlier.names) });
  const outcomes = await done(deps, run, reads, await plansOf(deps, run, reads));
  const { after, part } = endPart(held, outcomes, deps.rows.chain(held.digest, reads));
  await deps.imports.endPart(after, part, {
    brands: [...run.claims.brands].slice(earlier.brands.length),
    // A real import's names are held where everybody sees them.
    names: held.dryRun ? [...run.claims.names].slice(earlier.names.length) : [],
  });
}

/** Whoever sends the part again need not wait then. Where this fails too, they do. */
async function released({ imports, newId }: Deps, held: Import): Promise<void> {
  try {
    await imports.hold(releasePart(held), newId("try"));
  } catch (error) {
    if (!(error instanceof Unavailable || error instanceof Refusal)) throw error;
  }
}

/** The list is complete: so many parts. @throws Refusal `not-found`, `not-the-importer`, `import-differs`, `part-under-way`, `wrong-state`. */
export const completeImport =
  (deps: ImportDeps) =>
  async (call: Call<OfImport, unknown, { readonly parts: number }>): Promise<Import> => {
    const into = within(call.user, await deps.imports.get(call.params.import));
    expectImporter(into, call.user);
    expectAll(into, call.body.parts);
    if (into.state === "finished") return into;
    const whole = finished(into);
    await deps.imports.finish(whole, importCommitment(deps, call, "finish", whole));
    return whole;
  };

/** How far an import is, and a page of the rows it refused, in order. @throws Refusal `not-found`, `cursor-invalid`. */
export const readImport =
  (deps: Pick<Deps, "imports" | "cursors" | "now">) =>
  async ({ params, query, user }: Call<OfImport, { readonly limit: number; readonly cursor?: string | undefined }>) => {
    const into = within(user, await deps.imports.get(params.import));
    const now = deps.now();
    const scope = ["import", user.tenant, user.role, into.id];
    const after = query.cursor === undefined ? 0 : Number(openCursor(deps.cursors, scope, query.cursor, now));
    const { refused, next } = await deps.imports.refused(into.id, { limit: query.limit, after });
    return { ...into, refused, next: next === null ? null : mintCursor(deps.cursors, scope, String(next), now) };
  };
