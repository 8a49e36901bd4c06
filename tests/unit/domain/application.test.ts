import { describe, expect, test } from "@jest/globals";
import {
  type Application,
  amend,
  appeal,
  approve,
  attested,
  begin,
  edit,
  type Flag,
  holdsNames,
  refuse,
  submit,
  type Waiver,
  withdraw,
} from "../../../lib/domain/application.ts";
import type { ApplicationState } from "../../../lib/domain/application-machine.ts";
import { application, attestation, clauses, form, frozen, OPENING, PARTIES, refusalOf, season } from "./fixtures.ts";

const act = { by: "bo", at: OPENING };
const reviewer = { by: "rob", at: OPENING };
const attester = { by: "tao", at: OPENING };
const given = (over: Partial<Application> = {}) => frozen(application({ version: 7, ...over }));
const flag = (code: string, over: Partial<Flag> = {}): Flag => ({ code, field: `/${code}`, detail: `${code}.`, waived: null, ...over });
const feedback = [{ code: "logo-blurred", text: "The logo is blurred.", element: "/documents/0" }];
const other = form({ names: { zh: "新", en: "New" }, categories: ["home"], contacts: [{ name: "Li", email: "li@example.com" }] });
const ruling = (over: object = {}) => ({ verb: "deny" as const, by: "rob", at: 1, revision: 1, feedback, ...over });

const GROUNDS = { attestation: frozen(attestation()), waivers: [] };
const waiving = (waivers: readonly Waiver[]) => ({ ...GROUNDS, waivers });

const STATES: readonly ApplicationState[] = ["draft", "pending", "changes-requested", "approved", "denied", "withdrawn"];

/** Every verb, and the states it may be used in. */
const VERBS: readonly [verb: string, use: (on: Application) => Application, from: readonly ApplicationState[]][] = [
  ["edit", (on) => edit(on, form(), act), ["draft", "changes-requested"]],
  ["submit", (on) => submit(on, [], act), ["draft", "changes-requested"]],
  ["attest", (on) => attested(on, attester), ["pending", "approved"]],
  ["approve", (on) => approve(on, GROUNDS, reviewer), ["pending"]],
  ["deny", (on) => refuse(on, "deny", feedback, reviewer), ["pending"]],
  ["request-changes", (on) => refuse(on, "request-changes", feedback, reviewer), ["pending"]],
  ["appeal", (on) => appeal(on, "words", act), ["denied"]],
  ["amend", (on) => amend(on, other, [], act), ["approved"]],
  ["withdraw", (on) => withdraw(on, act), ["draft", "pending", "changes-requested", "approved", "denied"]],
];

describe.each(VERBS)("%s", (verb, use, from) => {
  test.each(STATES)("of an application that is %s is done or refused as it is drawn, under the next version", (state) => {
    const on = given({ state });
    if (from.includes(state)) expect(use(on).version).toBe(8);
    else expect(refusalOf(() => use(on))).toMatchObject({ code: "wrong-state", reasons: [{ code: `${verb}-not-possible`, field: "" }] });
  });
});

test("an application begins as its brand's own draft, with the season's host, not submitted and not attested", () => {
  const on = season({ host: "weibo", marketplace: "jd" });
  expect(begin({ id: "app_9", brand: "brd_1", form: form(), season: on, by: "ann", at: 5 })).toEqual({
    ...form(),
    ...PARTIES,
    host: "weibo",
    id: "app_9",
    state: "draft",
    revision: 0,
    flags: [],
    appeal: null,
    editors: ["ann"],
    createdAt: 5,
    submittedAt: null,
    attestedAt: null,
    rulings: [],
    version: 1,
  });
});

describe("editing", () => {
  test.each(["draft", "changes-requested"] as const)("what is %s changes the form and who edited it, and nothing else", (state) => {
    const on = given({ state, rulings: [ruling()] });
    expect(edit(on, other, act)).toEqual({ ...on, ...other, editors: ["ann", "bo"], version: 8 });
  });

  test("by somebody who had a hand in it before names them once", () => {
    expect(edit(given({ state: "draft", editors: ["bo", "ann"] }), other, act).editors).toEqual(["bo", "ann"]);
  });

  test.each(["draft", "changes-requested"] as const)("of what is %s does not move it to another season", (state) => {
    expect(refusalOf(() => edit(given({ state }), form({ season: "double-11-2024" }), act))).toMatchObject({
      code: "not-admissible",
      reasons: [{ code: "season-fixed", field: "/season" }],
    });
    expect(refusalOf(() => edit(given(), form({ season: "double-11-2024" }), act)).code).toBe("wrong-state");
  });
});

describe("submitting", () => {
  const flags = [flag("name-looks-alike")];

  test.each([
    ["a draft", "draft", 0],
    ["what was sent back for changes", "changes-requested", 3],
  ] as const)("%s makes it the next revision, with new flags, to be attested anew", (_what, state, revision) => {
    const on = given({ state, revision, flags: [flag("old")], rulings: [ruling()], submittedAt: null });
    expect(submit(on, flags, act)).toEqual({
      ...on,
      state: "pending",
      revision: revision + 1,
      flags,
      editors: ["ann", "bo"],
      submittedAt: OPENING,
      attestedAt: null,
      version: 8,
    });
  });
});

test.each(["pending", "approved"] as const)("attesting what is %s says when, and changes nothing else", (state) => {
  const on = given({ state, attestedAt: 1 });
  expect(attested(on, attester)).toEqual({ ...on, attestedAt: OPENING, version: 8 });
});

describe("submitting again what the marketplace vouches for", () => {
  const on = (over: Partial<Application> = {}) => given({ state: "changes-requested", attestedAt: 5, ...over });

  test.each([
    ["with nothing changed", {}],
    ["with other contacts", { contacts: other.contacts }],
  ])("%s keeps its word", (_how, over) => {
    expect(submit(on(over), [], act, form())).toMatchObject({ state: "pending", revision: 2, attestedAt: 5 });
  });

  test.each([
    ["marketplace", { marketplace: "jd" }],
    ["surfaces", { surfaces: ["wechat-moments", "wechat-channels"] }],
    ["names", { names: other.names }],
    ["store", { store: { ...form().store, id: "1" } }],
    ["categories", { categories: ["home"] }],
    ["documents", { documents: form().documents.slice(0, 1) }],
  ] as const)("with other %s has to be attested anew", (_field, over) => {
    expect(submit(on(over), [], act, form()).attestedAt).toBeNull();
  });

  test("has to be attested anew when it does not vouch any more", () => {
    expect(submit(on(), [], act).attestedAt).toBeNull();
  });
});

describe("approving", () => {
  test("adds the ruling on this revision to those there were", () => {
    const earlier = ruling({ verb: "request-changes" });
    const on = given({ revision: 2, rulings: [earlier] });
    expect(approve(on, GROUNDS, reviewer)).toEqual({
      ...on,
      state: "approved",
      rulings: [earlier, { verb: "approve", by: "rob", at: OPENING, revision: 2, feedback: [] }],
      version: 8,
    });
  });

  test.each([
    ["was never given", undefined, []],
    ["is suspended", { state: "suspended" }, ["attestation-suspended"]],
    ["was revoked", { state: "revoked" }, ["attestation-revoked"]],
    ["ends at that instant", { expiresAt: OPENING }, ["attestation-ended"]],
    ["ends within the guard band", { expiresAt: OPENING + 250 }, ["attestation-ended"]],
  ] as const)("is refused while the marketplace's word %s, whenever it was attested", (_what, over, codes) => {
    const grounds = { attestation: over && attestation(over), waivers: [] };
    const { code, reasons } = refusalOf(() => approve(given(), grounds, reviewer));
    expect([code, reasons.map((reason) => reason.code)]).toEqual(["not-attested", codes]);
  });

  test("needs the marketplace's word at that instant and no longer", () => {
    const grounds = { attestation: attestation({ expiresAt: OPENING + 251 }), waivers: [] };
    expect(approve(given(), grounds, reviewer).state).toBe("approved");
  });

  test("waives each flag with who, when and why", () => {
    const on = given({ flags: [flag("trial-full"), flag("name-looks-alike")] });
    const { flags } = approve(
      on,
      waiving([
        { code: "name-looks-alike", reason: "The same house." },
        { code: "trial-full", reason: "As agreed." },
      ]),
      reviewer,
    );
    expect(flags).toEqual([
      { ...flag("trial-full"), waived: { by: "rob", at: OPENING, reason: "As agreed." } },
      { ...flag("name-looks-alike"), waived: { by: "rob", at: OPENING, reason: "The same house." } },
    ]);
  });

  test("one waiver is for all flags of its code", () => {
    const on = given({ flags: [flag("document-expiring"), flag("document-expiring", { field: "/documents/1" })] });
    expect(
      approve(on, waiving([{ code: "document-expiring", reason: "Renewed." }]), reviewer).flags.map(({ waived }) => waived?.reason),
    ).toEqual(["Renewed.", "Renewed."]);
  });

  test("is refused with every flag that has no waiver", () => {
    const on = given({ flags: [flag("trial-full"), flag("name-looks-alike"), flag("constructor")] });
    const { code, reasons } = refusalOf(() => approve(on, waiving([{ code: "trial-full", reason: "As agreed." }]), reviewer));
    expect(code).toBe("flag-not-waived");
    expect(reasons).toEqual(["name-looks-alike", "constructor"].map((each) => ({ code: each, field: `/${each}`, detail: `${each}.` })));
  });

  test("is refused with every waiver that there is no flag for, and what there are flags for", () => {
    const waivers = ["trial-full", "name-looks-alike", "constructor"].map((code) => ({ code, reason: "As agreed." }));
    expect(refusalOf(() => approve(given({ flags: [flag("name-looks-alike")] }), waiving(waivers), reviewer))).toEqual({
      code: "not-admissible",
      reasons: [0, 2].map((index) => ({ code: "flag-unknown", field: `/waivers/${index}/code`, detail: "Flagged: name-looks-alike." })),
    });
    expect(refusalOf(() => approve(given(), waiving(waivers.slice(0, 1)), reviewer)).reasons).toEqual([
      { code: "flag-unknown", field: "/waivers/0/code", detail: "Flagged: nothing." },
    ]);
  });

  test("a waiver from an earlier approval does not count again", () => {
    const old = { by: "rob", at: 1, reason: "then" };
    expect(refusalOf(() => approve(given({ flags: [flag("trial-full", { waived: old })] }), GROUNDS, reviewer)).code).toBe(
      "flag-not-waived",
    );
  });
});

describe("refusing", () => {
  test.each([
    ["deny", "denied"],
    ["request-changes", "changes-requested"],
  ] as const)("%s adds the ruling with its feedback, and leaves the form, the flags and the attestation", (verb, state) => {
    const earlier = ruling({ verb: "request-changes" });
    const on = given({ attestedAt: null, revision: 2, flags: [flag("trial-full")], rulings: [earlier] });
    const added = { verb, by: "rob", at: OPENING, revision: 2, feedback };
    expect(refuse(on, verb, feedback, reviewer)).toEqual({ ...on, state, rulings: [earlier, added], version: 8 });
  });
});

describe("four eyes", () => {
  const rulings: readonly [string, (on: Application, by: string) => Application][] = [
    ["approve", (on, by) => approve(on, GROUNDS, { by, at: OPENING })],
    ["deny", (on, by) => refuse(on, "deny", feedback, { by, at: OPENING })],
    ["request-changes", (on, by) => refuse(on, "request-changes", feedback, { by, at: OPENING })],
  ];
  const draft = begin({ id: "app_1", brand: "brd_1", form: form(), season: season(), by: "ann", at: 1 });
  const by = (name: string) => ({ by: name, at: 2 });
  const vouched = (on: Application) => attested(on, { by: "tao", at: 3 });

  describe.each(rulings)("%s", (verb, rule) => {
    test("nobody rules on what they have submitted", () => {
      expect(refusalOf(() => rule(vouched(submit(draft, [], by("ann"))), "ann"))).toEqual({ code: "self-review", reasons: [] });
      expect(rule(vouched(submit(draft, [], by("ann"))), "rob").rulings).toMatchObject([{ verb, by: "rob" }]);
    });

    test("nor on what they have only edited, when somebody else submitted it", () => {
      const submitted = submit(edit(draft, other, by("bo")), [], by("cy"));
      expect(refusalOf(() => rule(vouched(submitted), "bo")).code).toBe("self-review");
      expect(refusalOf(() => rule(vouched(submitted), "cy")).code).toBe("self-review");
    });

    test("nor on what they have begun, when somebody else submitted it", () => {
      expect(refusalOf(() => rule(vouched(submit(draft, [], by("bo"))), "ann")).code).toBe("self-review");
    });

    test("nor on what they have submitted, when somebody else appealed", () => {
      const denied = refuse(vouched(submit(draft, [], by("ann"))), "deny", feedback, by("rob"));
      expect(refusalOf(() => rule(appeal(denied, "words", by("bo")), "bo")).code).toBe("self-review");
      expect(refusalOf(() => rule(appeal(denied, "words", by("bo")), "ann")).code).toBe("self-review");
    });

    test("whoever ruled before may rule again", () => {
      const denied = refuse(vouched(submit(draft, [], by("ann"))), "deny", feedback, by("rob"));
      expect(rule(appeal(denied, "words", by("bo")), "rob").rulings).toHaveLength(2);
    });
  });

  test("nobody attests what they began, edited, submitted or appealed", () => {
    const submitted = submit(edit(draft, other, by("bo")), [], by("cy"));
    for (const own of ["ann", "bo", "cy"])
      expect(refusalOf(() => attested(submitted, by(own)))).toEqual({ code: "self-review", reasons: [] });
    const again = appeal(refuse(submitted, "deny", feedback, by("rob")), "words", by("dan"));
    expect(refusalOf(() => attested(again, by("dan"))).code).toBe("self-review");
    expect(attested(again, by("tao")).attestedAt).toBe(2);
  });
});

describe("what a reviewer says no to", () => {
  const about = (...elements: readonly string[]) => elements.map((element) => ({ code: "unclear", text: "It is unclear.", element }));
  const refused = (...elements: readonly string[]) => refuse(given(), "request-changes", about(...elements), reviewer);

  test("is the application's season, a part of it, or anything in a part, however deep", () => {
    const there = ["/season", "/documents", "/documents/1", "/documents/1/expiresOn", "/store/names/zh", "/contacts/0", "/categories/0"];
    expect(
      refused(...there)
        .rulings.at(-1)
        ?.feedback.map(({ element }) => element),
    ).toEqual(there);
  });

  test("is nothing that the application has not, and each such element is named", () => {
    const absent = ["/images/0", "/documents/2", "/documents/length", "/marketplace/0", "/doc", "/state", "/store/name", "/season/0"];
    for (const verb of ["deny", "request-changes"] as const) {
      const { code, reasons } = refusalOf(() => refuse(given(), verb, about("/documents/0", ...absent), reviewer));
      expect(code).toBe("not-admissible");
      expect(clauses(reasons)).toEqual(absent.map((_, index) => `element-unknown /feedback/${index + 1}/element`));
    }
  });

  test("is not looked at before whether it may be ruled on", () => {
    expect(refusalOf(() => refuse(given({ state: "approved" }), "deny", about("/images/0"), reviewer)).code).toBe("wrong-state");
  });
});

describe("an application that has been ruled on as often as it can be kept", () => {
  const often = given({ rulings: Array.from({ length: 50 }, () => ruling({ verb: "request-changes" })) });
  const said = { code: "logo-blurred", text: "徽".repeat(500), element: "/documents/0" };
  const atLength = given({ rulings: Array.from({ length: 6 }, () => ruling({ feedback: Array.from({ length: 20 }, () => said) })) });

  test.each([
    ["in number", often],
    ["in length", atLength],
  ])("%s is not approved, and not sent back once more", (_how, on) => {
    expect(refusalOf(() => approve(on, GROUNDS, reviewer)).code).toBe("too-many-rulings");
    expect(refusalOf(() => refuse(on, "request-changes", feedback, reviewer)).code).toBe("too-many-rulings");
  });

  test.each([
    ["in number", often],
    ["in length", atLength],
  ])("%s can still be denied, and denied again after its appeal, for good", (_how, on) => {
    const denied = refuse(on, "deny", feedback, reviewer);
    const again = refuse(appeal(denied, "Look again.", act), "deny", feedback, reviewer);
    expect([denied.state, again.state, again.rulings.length - on.rulings.length]).toEqual(["denied", "denied", 2]);
    expect(refusalOf(() => appeal(again, "And again.", act)).code).toBe("already-appealed");
  });

  test("one short of it, is ruled on like any other", () => {
    const on = given({ rulings: often.rulings.slice(1) });
    expect(approve(on, GROUNDS, reviewer).rulings).toHaveLength(50);
    expect(refuse(on, "request-changes", feedback, reviewer).rulings).toHaveLength(50);
  });
});

describe("appealing", () => {
  test("puts it before the host again, in the brand's words; the form, the attestation and the rulings stand", () => {
    const on = given({ state: "denied", rulings: [ruling()], flags: [flag("trial-full")] });
    expect(appeal(on, "Look again.", act)).toEqual({
      ...on,
      state: "pending",
      appeal: "Look again.",
      editors: ["ann", "bo"],
      submittedAt: OPENING,
      version: 8,
    });
  });

  test("is done once", () => {
    const again = given({ state: "denied", appeal: "Look again.", rulings: [ruling(), ruling()] });
    expect(refusalOf(() => appeal(again, "And again.", act))).toEqual({ code: "already-appealed", reasons: [] });
  });
});

test.each([
  ["a draft", { state: "draft", revision: 0 }, false],
  ["what waits", { state: "pending" }, true],
  ["what was sent back", { state: "changes-requested" }, true],
  ["what was approved", { state: "approved" }, true],
  ["what was denied and may be appealed", { state: "denied" }, true],
  ["what was appealed and waits", { state: "pending", appeal: "Look again." }, true],
  ["what was approved after its appeal", { state: "approved", appeal: "Look again." }, true],
  ["what was denied after its appeal", { state: "denied", appeal: "Look again." }, false],
  ["what was withdrawn", { state: "withdrawn" }, false],
  ["a draft that was withdrawn", { state: "withdrawn", revision: 0 }, false],
] as const)("%s holds its names or not: %j", (_what, over, holds) => {
  expect(holdsNames(application(over))).toBe(holds);
});

test.each(STATES.filter((state) => state !== "withdrawn"))("withdrawing what is %s keeps all there is of it", (state) => {
  const on = given({ state, rulings: [ruling()], flags: [flag("trial-full")] });
  expect(withdraw(on, act)).toEqual({ ...on, state: "withdrawn", editors: ["ann", "bo"], version: 8 });
});

describe("amending what was approved", () => {
  const on = given({ state: "approved", revision: 2, flags: [flag("trial-full")], rulings: [ruling({ verb: "approve" })] });

  test("in its contacts alone keeps it approved, attested and of the same revision", () => {
    const contacts = [{ name: "Li", email: "li@example.com" }] as const;
    const after = amend(on, form({ contacts }), on.flags, act);
    expect(after).toEqual({ ...on, contacts, editors: ["ann", "bo"], version: 8 });
  });

  test("does not move it to another season", () => {
    const elsewhere = form({ season: "double-11-2024", names: other.names });
    expect(refusalOf(() => amend(on, elsewhere, [], act)).reasons).toMatchObject([{ code: "season-fixed", field: "/season" }]);
  });

  test("in nothing at all keeps it as it was", () => {
    expect(amend(on, form(), [flag("ignored")], act)).toEqual({ ...on, editors: ["ann", "bo"], version: 8 });
  });

  test.each([
    ["marketplace", { marketplace: "jd" }],
    ["surfaces", { surfaces: ["wechat-moments", "wechat-channels"] }],
    ["names", { names: { zh: "新", en: "New" } }],
    ["store", { store: { ...form().store, id: "1" } }],
    ["categories", { categories: ["home"] }],
    ["documents", { documents: form().documents.slice(0, 1) }],
  ] as const)("in its %s sends it back as the next revision, to be attested and reviewed anew", (_field, over) => {
    const flags = [flag("name-looks-alike")];
    const changed = form(over as never);
    expect(amend(on, changed, flags, act)).toEqual({
      ...on,
      ...changed,
      state: "pending",
      revision: 3,
      flags,
      editors: ["ann", "bo"],
      submittedAt: OPENING,
      attestedAt: null,
      version: 8,
    });
  });
});
