import { afterAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { APPLICATION_MACHINE } from "../../../lib/domain/application-machine.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE } from "../../../lib/domain/key.ts";
import { replayable } from "../../support/replay.ts";
import { storeBehindProxy } from "../../support/store-behind-proxy.ts";
import { THOROUGH } from "../../support/thoroughness.ts";
import { type Action, after } from "./pure.ts";
import { expectWholeRecord, stepsOf } from "./record.ts";
import { beginRun, expectServed, happen } from "./run.ts";
import { FESTIVALS, type Form, type SurfaceId } from "./season-of-runs.ts";
import { stepsUpTo } from "./steps.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const SEED = Number(process.env["SEED"] ?? 618);
/** Rows of runs at the same time; each row's seed follows from the one above. */
const ROWS = 4;
const RUNS = THOROUGH ? 400 : 12;
const STEPS = 40;

const store = await storeBehindProxy();
afterAll(() => store.close());

let runs = 0;
const begin = () => beginRun(store, `${store.run}-${++runs}`);
/** The arrows that runs have taken, and the codes they were refused with: what the test has been about. */
const taken = new Set<string>();
const answered = new Set<string>();

describe(`${ROWS * RUNS} runs of up to ${STEPS} steps by all roles, alone and at once (SEED=${SEED})`, () => {
  test("stay within the machines as drawn; what is refused changes nothing, what is done is done once, recorded once and told once, and serving needs both keys", async () => {
    const row = (seed: number) =>
      fc.assert(
        fc.asyncProperty(stepsUpTo(STEPS), async (steps) => {
          const run = await begin();
          await fc.asyncModelRun(() => ({ model: {}, real: run }), steps);
          await expectServed(run);
          await expectWholeRecord(run);
          // A key that lapses with its application is turned by nobody.
          const turned = run.traces.map((trace) => ({ ...trace, effects: trace.effects.filter((effect) => !effect.includes(":revoke ")) }));
          for (const { action, before, after: to } of stepsOf(turned)) taken.add(`${action} ${before}>${to}`);
          for (const code of run.answered) answered.add(code);
        }),
        { numRuns: RUNS, seed, endOnFailure: !THOROUGH },
      );
    const rows = Array.from({ length: ROWS }, (_, index) => SEED + index);
    await Promise.all(rows.map((seed) => replayable(seed, "tests/store/model", () => row(seed))));
  }, 3_600_000);

  test("took every arrow there is, and met every refusal", () => {
    const arrows = Object.entries({ application: APPLICATION_MACHINE, attestation: ATTESTATION_MACHINE, grant: GRANT_MACHINE }).flatMap(
      ([kind, machine]) =>
        Object.entries(machine).flatMap(([from, steps]) =>
          Object.entries(steps as Record<string, { to: string }>).map(([verb, { to }]) => `${kind}:${verb} ${from}>${to}`),
        ),
    );
    const lists = ["grant:import null>current", "attestation:import null>current", "grant:import current>current"];
    // What happens at once falls out differently each time; few runs may miss a few.
    const missed = [...arrows, ...lists, "application:renew null>draft"].filter((arrow) => !taken.has(arrow));
    expect(missed.slice(THOROUGH ? 0 : 4)).toEqual([]);
    expect([...answered]).toEqual(
      expect.arrayContaining([
        ...["ok", "forbidden", "not-found", "wrong-state", "not-attested"],
        ...(THOROUGH ? ["self-review", "already-attested", "already-applied"] : []),
        ...(THOROUGH ? ["already-appealed", "not-admissible", "flag-not-waived", "trial-full", "changed-meanwhile"] : []),
      ]),
    );
  });
});

test("of two reviewers who decide at the same instant, one does, whatever they decide", async () => {
  const run = await begin();
  const form = { name: 0, surfaces: ["moments"] as const, category: "beauty", contact: 0 };
  await happen(run, [{ verb: "open", as: "ann", festival: 0, submit: true, form }]);
  for (const second of ["deny", "request-changes", "approve"] as const) {
    const [app = -1] = run.model.apps.flatMap(({ state }, index) => (state === "withdrawn" ? [] : [index]));
    if (!run.model.apps[app]?.attested) await happen(run, [{ verb: "attest", as: "lin", app, expiresAt: FESTIVALS[0].closesAt }]);
    const terms = [{ surface: "moments" as const, phases: ["first"] }];
    const decisions: readonly Action[] = [
      { verb: "approve", as: "wei", app, terms, waives: [] },
      { verb: second, as: "xia", app, terms, waives: [] } as Action,
    ];
    const answers = await happen(run, decisions);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect("refused" in after(run.model, { verb: "withdraw", as: "ann", app })).toBe(false);
    await happen(run, [{ verb: "withdraw", as: "ann", app }]);
    await happen(run, [{ verb: "open", as: "ann", festival: 0, submit: true, form }]);
  }
  await expectWholeRecord(run);
});

describe("by itself:", () => {
  const form = (surfaces: Form["surfaces"], name: number, category = "beauty"): Form => ({ name, surfaces, category, contact: 0 });
  const onto = (...surfaces: readonly SurfaceId[]) => surfaces.map((surface) => ({ surface, phases: ["first", "second"] }));
  const attest = (app: number): Action => ({ verb: "attest", as: "lin", app, expiresAt: FESTIVALS[0].closesAt });
  const approve = (app: number, ...surfaces: readonly SurfaceId[]): Action => ({
    verb: "approve",
    as: "wei",
    app,
    terms: onto(...surfaces),
    waives: [],
  });
  const story = async (...actions: readonly Action[]) => {
    const run = await begin();
    const codes: string[] = [];
    for (const action of actions) codes.push((await happen(run, [action]))[0]?.body.code ?? "ok");
    await expectWholeRecord(run);
    return codes;
  };

  test("the waiver of one surface's full trial lets nobody in beyond another's, which may not be waived", async () => {
    const codes = await story(
      { verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments", "search"], 0) },
      { verb: "open", as: "ben", festival: 0, submit: true, form: form(["moments"], 1) },
      ...[attest(0), attest(1), approve(0, "moments"), approve(1, "moments")],
      { verb: "open", as: "cat", festival: 0, submit: true, form: form(["moments", "search"], 2) },
      { verb: "edit", as: "ann", app: 0, form: form(["moments", "search"], 0, "home") },
      ...[attest(0), attest(2), approve(0, "search")],
      ...[approve(2, "moments", "search"), approve(2, "moments")].map((action) => ({ ...action, waives: ["trial-full"] }) as Action),
    );
    expect(codes.slice(-3)).toEqual(["ok", "trial-full", "ok"]);
  });

  test("whoever had a hand in an application rules on it under no other hat", async () => {
    const codes = await story(
      { verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments"], 0) },
      ...[attest(0), { ...approve(0, "moments"), as: "ann, reviewing" } as const, { verb: "deny", as: "ann, reviewing", app: 0 } as const],
    );
    expect(codes).toEqual(["ok", "ok", "self-review", "self-review"]);
  });

  test("what the marketplace vouched for and is so no longer lapses with the resubmission, and what is still so does not", async () => {
    const open: Action = { verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments"], 0) };
    const sentBack: Action = { verb: "request-changes", as: "wei", app: 0 };
    const again: Action = { verb: "submit", as: "ann", app: 0 };
    const run = await begin();
    const happens = async (action: Action) => (await happen(run, [action]))[0];
    for (const action of [open, attest(0), sentBack]) await happens(action);
    await happens({ verb: "edit", as: "ann", app: 0, form: { ...form(["moments"], 0), contact: 2 } });
    await happens(again);
    expect((await happens(approve(0, "moments")))?.status).toBe(201);
    await happens({ verb: "edit", as: "ann", app: 0, form: form(["moments"], 1) });
    await happens(attest(0));
    await happens(sentBack);
    await happens({ verb: "edit", as: "ann", app: 0, form: form(["moments"], 2) });
    await happens(again);
    expect((await happens(approve(0, "moments")))?.body.code).toBe("not-attested");
    expect((await happens(attest(0)))?.body).toMatchObject({ state: "current", revision: 4 });
    expect((await happens(approve(0, "moments")))?.status).toBe(201);
    await expectWholeRecord(run);
  });

  test("a word that was revoked does not serve an approval, and can be given again, before it and after", async () => {
    const revoke: Action = { verb: "turn-attestation", as: "lin", app: 0, turn: "revoke" };
    const codes = await story(
      { verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments"], 0) },
      ...[attest(0), attest(0), revoke, approve(0, "moments"), attest(0), approve(0, "moments"), revoke, attest(0)],
    );
    expect(codes).toEqual(["ok", "ok", "already-attested", "ok", "not-attested", "ok", "ok", "ok", "ok"]);
  });

  test("nobody gives back a key that they had a hand in, under another hat, by its application or by its entry", async () => {
    const place = { festival: 0, surface: "moments", brand: "brand-a" } as const;
    const keyOne = { verb: "turn-attestation", app: 0 } as const;
    const keyTwo = { verb: "turn-grant", app: 0, grant: 0 } as const;
    const codes = await story(
      { verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments"], 0) },
      ...[attest(0), approve(0, "moments")],
      { ...keyOne, as: "ann, attesting", turn: "suspend" },
      { ...keyOne, as: "ann, attesting", turn: "reinstate" },
      { verb: "turn-entry", as: "ann, attesting", ...place, grant: null, turn: "reinstate" },
      { verb: "turn-entry", as: "lin", ...place, grant: null, turn: "reinstate" },
      { ...keyTwo, as: "ann, reviewing", turn: "suspend" },
      { ...keyTwo, as: "ann, reviewing", turn: "reinstate" },
      { verb: "turn-entry", as: "ann, reviewing", ...place, grant: 0, turn: "reinstate" },
      { verb: "turn-entry", as: "wei", ...place, grant: 0, turn: "reinstate" },
    );
    const turned = ["ok", "self-review", "self-review", "ok"];
    expect(codes).toEqual(["ok", "ok", "ok", ...turned, ...turned]);
  });

  test("an application that is over gives up its name to the next, and a season that is over takes no more", async () => {
    const run = await begin();
    const codes: string[] = [];
    const flags: string[][] = [];
    const happens = async (action: Action) => {
      const { body } = (await happen(run, [action]))[0] ?? { body: {} };
      codes.push(body.code ?? "ok");
      flags.push((body.flags ?? []).map(({ code }: { code: string }) => code));
    };
    await happens({ verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments"], 0) });
    await happens({ verb: "open", as: "ben", festival: 0, submit: true, form: form(["moments"], 0) });
    await happens({ verb: "withdraw", as: "ann", app: 0 });
    await happens({ verb: "open", as: "cat", festival: 0, submit: true, form: form(["moments"], 0) });
    await happens({ verb: "deny", as: "wei", app: 2 });
    run.clock.now = FESTIVALS[0].closesAt;
    run.model = { ...run.model, now: run.clock.now };
    await happens({ verb: "appeal", as: "cat", app: 2 });
    await happens({ verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments"], 1) });
    expect(codes).toEqual(["ok", "ok", "ok", "ok", "ok", ...Array(2).fill("season-not-open-to-applications")]);
    expect(flags.slice(0, 4)).toEqual([[], ["name-looks-alike"], [], []]);
    await expectWholeRecord(run);
  });

  test("a key that was revoked is not reinstated, by either way to it", async () => {
    const there = { festival: 0, surface: "moments", brand: "brand-a" } as const;
    const turned = (turn: "revoke" | "reinstate"): readonly Action[] => [
      { verb: "turn-attestation", as: "lin", app: 0, turn },
      { verb: "turn-entry", as: "wei", ...there, grant: 0, turn },
    ];
    const codes = await story(
      { verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments"], 0) },
      ...[attest(0), approve(0, "moments"), ...turned("revoke"), ...turned("reinstate")],
      { verb: "turn-entry", as: "lin", ...there, grant: null, turn: "reinstate" },
      { verb: "turn-grant", as: "wei", app: 0, grant: 0, turn: "reinstate" },
    );
    expect(codes).toEqual([...Array(5).fill("ok"), ...Array(4).fill("wrong-state")]);
  });

  test("a marketplace that vouches anew, for other surfaces, does so no longer for those that were left", async () => {
    const codes = await story(
      { verb: "open", as: "ann", festival: 0, submit: true, form: form(["moments"], 0) },
      ...[attest(0), { verb: "request-changes", as: "wei", app: 0 } as const],
      { verb: "edit", as: "ann", app: 0, form: form(["search"], 0) },
      ...[{ verb: "submit", as: "ann", app: 0 } as const, attest(0)],
    );
    expect(new Set(codes)).toEqual(new Set(["ok"]));
  });
});
