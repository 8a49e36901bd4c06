import { afterAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { APPLICATION_MACHINE } from "../../../lib/domain/application-machine.ts";
import { eligible } from "../../../lib/domain/eligible.ts";
import { ATTESTATION_MACHINE, GRANT_MACHINE } from "../../../lib/domain/key.ts";
import { auditEvent } from "../../support/samples.ts";
import { storeBehindProxy } from "../../support/store-behind-proxy.ts";
import { THOROUGH } from "../../support/thoroughness.ts";
import { type Aim, actionBy, diceOf } from "./choices.ts";
import { type Answer, type Desk, openDesk } from "./desk.ts";
import { explained } from "./explained.ts";
import { type Action, after, EMPTY, isVouchedFor, type Model, mayServe, type Trace } from "./pure.ts";
import { expectWholeRecord, traceIn } from "./record.ts";
import {
  BEGINS,
  BRANDS,
  brandIn,
  type Form,
  formBody,
  MOMENTS,
  PEOPLE,
  SURFACES,
  type SurfaceId,
  seasonOf,
  userOf,
} from "./season-of-runs.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const SEED = Number(process.env["SEED"] ?? 618);
/** Rows of runs at the same time; each row's seed follows from the one above. */
const ROWS = 4;
const RUNS = THOROUGH ? 400 : 25;
const STEPS = 40;

const store = await storeBehindProxy();
afterAll(() => store.close());

/** One run: what should be, what is, and what was done. */
interface Run {
  readonly name: string;
  readonly desk: Desk;
  readonly clock: { now: number };
  model: Model;
  readonly traces: Trace[];
  readonly commits: Set<string>;
  readonly kept: { readonly action: Action; readonly key: string; readonly model: Model; readonly answer: Answer }[];
  keys: number;
}

let runs = 0;
/** The arrows that runs have taken, and the codes they were refused with: what the test has been about. */
const taken = new Set<string>();
const answered = new Set<string>();
async function begin(): Promise<Run> {
  const name = `${store.run}-${++runs}`;
  const clock = { now: BEGINS };
  const desk = openDesk(store, clock);
  await desk.seasons.create(seasonOf(name), { event: auditEvent({ id: `plan-${name}`, subject: `season/${name}` }), receipt: null });
  desk.registry.done.length = 0;
  return { name, desk, clock, model: EMPTY(BEGINS), traces: [], commits: new Set(), kept: [], keys: 0 };
}

const TURNS_OF = { approve: "reviews", deny: "reviews", "request-changes": "reviews" } as const;
const UNKNOWN = { app: "app_01ARZ3NDEKTSV4RRFFQ69G5FAV", grt: "grt_01ARZ3NDEKTSV4RRFFQ69G5FAV" };

/** The request an action is. */
function requestOf(model: Model, run: string, action: Action) {
  const spelling = PEOPLE[action.as].tenant === "brand-a";
  if (action.verb === "open")
    return { route: "POST /v1/applications", request: { body: { ...formBody(run, action.form, spelling), submit: action.submit } } };
  const app = model.apps[action.app];
  const application = app?.id ?? UNKNOWN.app;
  const to = (what: string, body?: object, more: object = {}) => ({
    route: `POST /v1/applications/{application}/${what}`,
    request: { params: { application, ...more }, ...(body ? { body } : {}) },
  });
  const feedback = [{ code: "logo-blurred", text: "The logo is blurred.", element: "/images/0" }];
  switch (action.verb) {
    case "edit":
      return {
        route: "PUT /v1/applications/{application}",
        request: { params: { application }, body: formBody(run, action.form, spelling) },
      };
    case "submit":
      return to("submission");
    case "withdraw":
      return to("withdrawal");
    case "appeal":
      return to("appeal", { words: "Please look again." });
    case "attest":
      return to("attestation", { expiresAt: new Date(action.expiresAt).toISOString() });
    case "approve": {
      const grants = action.terms.map((term) => ({ ...term, templates: ["link-card"] }));
      const waivers = action.waives ? ["name-looks-alike", "trial-full"].map((code) => ({ code, reason: "As agreed." })) : [];
      return to(TURNS_OF[action.verb], { decision: "approve", grants, waivers });
    }
    case "deny":
    case "request-changes":
      return to(TURNS_OF[action.verb], { decision: action.verb, feedback });
    case "turn-attestation":
      return to("attestation/turns", { verb: action.turn, reason: "A test." });
    case "turn-grant":
      return to("grants/{grant}/turns", { verb: action.turn, reason: "A test." }, { grant: app?.grants[action.grant]?.id ?? UNKNOWN.grt });
  }
}

const send = ({ model, name, desk }: Run, action: Action, key?: string): Promise<Answer> => {
  const { route, request } = requestOf(model, name, action);
  return desk.call(userOf(action.as, name), route, { ...request, key });
};

/** The actions at the same time; then all that was answered and written has to have an explanation: some order in which they happened. */
async function happen(run: Run, actions: readonly Action[], keys: readonly string[] = []): Promise<readonly Answer[]> {
  run.desk.registry.done.length = 0;
  const answers = await Promise.all(actions.map((action, index) => send(run, action, keys[index])));
  const { model, traces } = explained(run.model, actions, answers);
  run.model = model;
  run.traces.push(...traces);
  for (const answer of answers) answered.add(answer.body.code ?? "ok");
  expectWritten(run, traces);
  await expectServed(run);
  return answers;
}

/** Each accepted action wrote one transaction with its one audit event and its one outbox entry; nothing else wrote. */
function expectWritten(run: Run, traces: readonly Trace[]): void {
  const written = run.desk.registry.done.map((items) => {
    const puts = items.flatMap(({ Put }) => (Put?.Item ? [Put.Item] : []));
    const of = (kind: string) => puts.filter(({ pk }) => String(pk).startsWith(`${kind}#`)).map((item) => item["doc"]);
    for (const item of puts) run.commits.add(item["commit"]);
    return { audit: of("AUDIT").map(traceIn), outbox: of("OUTBOX").map(traceIn) };
  });
  const sorted = <T extends { readonly audit: readonly Trace[] }>(all: readonly T[]) =>
    all.toSorted((one, other) => (JSON.stringify(one.audit) < JSON.stringify(other.audit) ? -1 : 1));
  expect(sorted(written)).toEqual(sorted(traces.map((trace) => ({ audit: [trace], outbox: [trace] }))));
}

/** What the lineup lets through is what both keys let through, at every kind of moment. */
async function expectServed({ desk, name, model }: Run): Promise<void> {
  const { phases, status } = seasonOf(name);
  const found: unknown[] = [];
  const expected: unknown[] = [];
  for (const surface of SURFACES) {
    const lineup = await desk.lineups.read(surface, name);
    for (const brand of BRANDS) {
      const grants = lineup.grants.filter((each) => each.brand === brandIn(name, brand));
      const attestation = lineup.attestations.find((each) => each.brand === brandIn(name, brand)) ?? null;
      const place = { host: "wechat", surface, season: name, brand };
      const serves = (at: number) => eligible({ place, switches: [], season: { phases, status }, grants, attestation }, at).eligible;
      found.push({ surface, brand, vouched: attestation?.state === "current", serves: MOMENTS.map(serves) });
      const should = MOMENTS.map((at) => mayServe(model, brand, surface, at));
      expected.push({ surface, brand, vouched: isVouchedFor(model, brand, surface), serves: should });
    }
  }
  expect(found).toEqual(expected);
}

const numbers = fc.array(fc.nat(9_999), { minLength: 40, maxLength: 40 });

abstract class Step implements fc.AsyncCommand<object, Run> {
  said = "not done";
  check = () => true;
  abstract do(run: Run): Promise<void>;
  run = (_: object, run: Run) => this.do(run);
  toString = () => this.said;
  say(actions: readonly Action[], how = ""): void {
    this.said = `${how}${actions.map((action) => JSON.stringify(action)).join(" || ")}`;
  }
}

class Alone extends Step {
  readonly dice: readonly number[];
  readonly aim: Aim;
  constructor(dice: readonly number[], aim: Aim) {
    super();
    this.dice = dice;
    this.aim = aim;
  }
  async do(run: Run): Promise<void> {
    const action = actionBy(run.model, diceOf(this.dice), this.aim);
    this.say([action]);
    const key = `key-${++run.keys}`;
    const before = run.model;
    const [answer] = await happen(run, [action], [key]);
    if (answer && answer.status < 300) run.kept.push({ action, key, model: before, answer });
  }
}

class Together extends Step {
  readonly dice: readonly number[];
  readonly count: number;
  constructor(dice: readonly number[], count: number) {
    super();
    this.dice = dice;
    this.count = count;
  }
  async do(run: Run): Promise<void> {
    const dice = diceOf(this.dice);
    const about = dice(4) > 0 && run.model.apps.length > 0 ? dice(run.model.apps.length) : undefined;
    const first = actionBy(run.model, dice, "possible", about);
    // Rivals who want the same of it, or of another, meet more races than any two who do something.
    const alike = dice(2) === 0;
    const rival = (tries = 1): Action => {
      const action = actionBy(run.model, (sides) => (dice(10_000) * 11 + tries) % sides, "possible", about);
      return alike && action.verb !== first.verb && tries < 12 ? rival(tries + 1) : action;
    };
    const actions = [first, ...Array.from({ length: this.count - 1 }, () => rival())];
    this.say(actions, "together: ");
    await happen(run, actions);
  }
}

class Twins extends Step {
  readonly dice: readonly number[];
  constructor(dice: readonly number[]) {
    super();
    this.dice = dice;
  }
  /** One request that arrives twice at once, under one Idempotency-Key: done once, answered alike. */
  async do(run: Run): Promise<void> {
    const action = actionBy(run.model, diceOf(this.dice), "possible");
    this.say([action], "twice at once: ");
    const key = `key-${++run.keys}`;
    run.desk.registry.done.length = 0;
    const [one, two] = await Promise.all([send(run, action, key), send(run, action, key)]);
    if (one.status < 300) expect(two).toEqual(one);
    else expect({ ...two.body, requestId: "" }).toEqual({ ...one.body, requestId: "" });
    const { model, traces } = explained(run.model, [action], [one]);
    run.model = model;
    run.traces.push(...traces);
    expectWritten(run, traces);
    await expectServed(run);
  }
}

class Again extends Step {
  readonly pick: number;
  constructor(pick: number) {
    super();
    this.pick = pick;
  }
  /** What was answered under a key is answered so again, however much has changed since, and nothing is done. */
  async do(run: Run): Promise<void> {
    const kept = run.kept[this.pick % Math.max(1, run.kept.length)];
    if (!kept) return;
    this.say([kept.action], "again: ");
    run.desk.registry.done.length = 0;
    expect(await send({ ...run, model: kept.model }, kept.action, kept.key)).toEqual(kept.answer);
    expect(run.desk.registry.done).toEqual([]);
  }
}

class Later extends Step {
  readonly ms: number;
  constructor(ms: number) {
    super();
    this.ms = ms;
  }
  async do(run: Run): Promise<void> {
    this.said = `${this.ms / 3_600_000} h later`;
    run.clock.now += this.ms;
    run.model = { ...run.model, now: run.clock.now };
  }
}

const steps = fc.commands(
  [
    ...[1, 2, 3, 4].map(() => numbers.map((dice) => new Alone(dice, "possible"))),
    fc.tuple(numbers, fc.constantFrom<Aim>("any", "telling", "telling")).map(([dice, aim]) => new Alone(dice, aim)),
    fc.tuple(numbers, fc.constantFrom(2, 2, 3)).map(([dice, count]) => new Together(dice, count)),
    numbers.map((dice) => new Together(dice, 2)),
    fc.oneof(
      numbers.map((dice) => new Twins(dice)),
      fc.nat(99).map((pick) => new Again(pick)),
      fc.constantFrom(3_600_000, 3_600_000, 86_400_000, 5 * 86_400_000).map((ms) => new Later(ms)),
    ),
  ],
  { maxCommands: STEPS, size: "max" },
);

describe(`${ROWS * RUNS} runs of up to ${STEPS} steps by all roles, alone and at once (SEED=${SEED})`, () => {
  test("stay within the machines as drawn; what is refused changes nothing, what is done is done once and recorded once, and serving needs both keys", async () => {
    const row = (seed: number) =>
      fc.assert(
        fc.asyncProperty(steps, async (commands) => {
          const run = await begin();
          await fc.asyncModelRun(() => ({ model: {}, real: run }), commands);
          await expectWholeRecord(run);
          for (const { action, before, after: to } of run.traces) taken.add(`${action} ${before}>${to}`);
        }),
        { numRuns: RUNS, seed, endOnFailure: !THOROUGH },
      );
    await Promise.all(Array.from({ length: ROWS }, (_, index) => row(SEED + index)));
  }, 3_600_000);

  test("took every arrow there is, and met every refusal", () => {
    const arrows = Object.entries({ application: APPLICATION_MACHINE, attestation: ATTESTATION_MACHINE, grant: GRANT_MACHINE }).flatMap(
      ([kind, machine]) =>
        Object.entries(machine).flatMap(([from, steps]) =>
          Object.entries(steps as Record<string, { to: string }>).map(([verb, { to }]) => `${kind}:${verb} ${from}>${to}`),
        ),
    );
    // What happens at once falls out differently each time; few runs may miss a few.
    expect(arrows.filter((arrow) => !taken.has(arrow)).length).toBeLessThanOrEqual(THOROUGH ? 0 : 4);
    expect([...answered]).toEqual(
      expect.arrayContaining([
        ...["ok", "forbidden", "not-found", "wrong-state", "self-review", "not-attested"],
        ...(THOROUGH ? ["already-attested", "already-applied"] : []),
        ...(THOROUGH ? ["already-appealed", "not-admissible", "flag-not-waived", "trial-full", "changed-meanwhile"] : []),
      ]),
    );
  });
});

test("of two reviewers who decide at the same instant, one does, whatever they decide", async () => {
  const run = await begin();
  const form = { name: 0, surfaces: ["moments"] as const, category: "beauty", contact: 0 };
  await happen(run, [{ verb: "open", as: "ann", submit: true, form }]);
  for (const second of ["deny", "request-changes", "approve"] as const) {
    const [app = -1] = run.model.apps.flatMap(({ state }, index) => (state === "withdrawn" ? [] : [index]));
    if (!run.model.apps[app]?.attested) await happen(run, [{ verb: "attest", as: "lin", app, expiresAt: MOMENTS[3] ?? 0 }]);
    const terms = [{ surface: "moments" as const, phases: ["first"] }];
    const decisions: readonly Action[] = [
      { verb: "approve", as: "wei", app, terms, waives: true },
      { verb: second, as: "xia", app, terms, waives: true } as Action,
    ];
    const answers = await happen(run, decisions);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect("refused" in after(run.model, { verb: "withdraw", as: "ann", app })).toBe(false);
    await happen(run, [{ verb: "withdraw", as: "ann", app }]);
    await happen(run, [{ verb: "open", as: "ann", submit: true, form }]);
  }
  await expectWholeRecord(run);
});

describe("by itself:", () => {
  const form = (surfaces: Form["surfaces"], name: number, category = "beauty"): Form => ({ name, surfaces, category, contact: 0 });
  const onto = (...surfaces: readonly SurfaceId[]) => surfaces.map((surface) => ({ surface, phases: ["first", "second"] }));
  const attest = (app: number): Action => ({ verb: "attest", as: "lin", app, expiresAt: MOMENTS[3] ?? 0 });
  const approve = (app: number, ...surfaces: readonly SurfaceId[]): Action => ({
    verb: "approve",
    as: "wei",
    app,
    terms: onto(...surfaces),
    waives: true,
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
      { verb: "open", as: "ann", submit: true, form: form(["moments", "search"], 0) },
      { verb: "open", as: "ben", submit: true, form: form(["moments"], 1) },
      ...[attest(0), attest(1), approve(0, "moments"), approve(1, "moments")],
      { verb: "open", as: "cat", submit: true, form: form(["moments", "search"], 2) },
      { verb: "edit", as: "ann", app: 0, form: form(["moments", "search"], 0, "home") },
      ...[attest(0), attest(2), approve(0, "search"), approve(2, "moments", "search"), approve(2, "moments")],
    );
    expect(codes.slice(-3)).toEqual(["ok", "trial-full", "ok"]);
  });

  test("a marketplace that vouches anew, for other surfaces, does so no longer for those that were left", async () => {
    const codes = await story(
      { verb: "open", as: "ann", submit: true, form: form(["moments"], 0) },
      ...[attest(0), { verb: "request-changes", as: "wei", app: 0 } as const],
      { verb: "edit", as: "ann", app: 0, form: form(["search"], 0) },
      ...[{ verb: "submit", as: "ann", app: 0 } as const, attest(0)],
    );
    expect(new Set(codes)).toEqual(new Set(["ok"]));
  });
});
