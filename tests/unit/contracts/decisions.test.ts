import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { decideCards } from "../../../lib/app/decide-cards.ts";
import type { Decided, DecisionRequest } from "../../../lib/app/ports/decisions.ts";
import { requestFaults } from "../../../lib/contracts/decision-request.ts";
import { decisions } from "../../../lib/contracts/decisions.ts";
import { fromOutside, fromWire, toWire } from "../../../lib/contracts/wire.ts";
import { eventIds } from "../../../lib/deps/event-ids.ts";
import { inTime } from "../../../lib/deps/in-time.ts";
import type { User } from "../../../lib/domain/authorisation.ts";
import { UNCORRECTED } from "../../../lib/domain/correction.ts";
import { openToken, type Signer } from "../../../lib/domain/event-token.ts";
import { EMPTY_BOARD } from "../../../lib/domain/kill-switch.ts";
import { empty, sightOf } from "../../../lib/domain/sight.ts";
import type { ServedCampaign, ServedCard } from "../../../lib/domain/snapshot.ts";
import { tidy } from "../../../lib/domain/text.ts";
import { decisionEndpoint } from "../../../lib/http/decision-endpoint.ts";
import { nothingCapped } from "../../support/nothing-capped.ts";
import { anyText } from "../domain/any-text.ts";
import { HOUR, image, OPENING, servedBrand, servedCampaign, servedCard, servedSeason, servedSnapshot } from "../domain/fixtures.ts";

const ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const AT = OPENING + HOUR / 2;
const FEED: User = { sub: "f", role: "feed", tenant: "wechat" };
const signer: Signer = { keyId: "k1", sign: () => "s".repeat(43), verify: () => true };

/** Decides from one season's brands, each with one card, or says that there is nothing to decide from. */
const deciding = (cards: readonly ServedCard[] | undefined, campaign: Partial<ServedCampaign> = {}, label?: { zh: string; en: string }) => {
  const brands = cards?.map((card, index) =>
    servedBrand(`brd_${ULID.slice(0, -1)}${index}`, { campaigns: [servedCampaign({ id: card.campaign, ...campaign, cards: [card] })] }),
  );
  const snapshot = brands && { ...servedSnapshot([servedSeason(brands)]), ...(label && { label }) };
  return decideCards({
    freshSnapshot: () => snapshot && { snapshot, since: 1, withheld: [], board: EMPTY_BOARD, correction: UNCORRECTED, confirmedAt: AT },
    signer,
    publicUrl: "https://events.example",
    now: () => AT,
    decisions: signer,
    newSeed: () => [0xffffffff, 0xffffffff],
    claims: nothingCapped,
    pointOf: () => 0,
    eventIds,
    inTime,
    log: () => undefined,
  });
};
const CARD = servedCard({
  id: `crd_${ULID}`,
  campaign: `cmp_${ULID}`,
  text: { text: "新品" },
  destination: { kind: "store", id: "9".repeat(20) },
});
const decide = deciding([CARD]);
const body = (installedApps: readonly string[]) => ({ surface: "wechat-moments", slots: 1, viewer: { key: "v", installedApps } });

/** The addresses given to a request that fits the contract. */
async function addressesFor(installedApps: readonly string[]) {
  const found = fromOutside(decisions.decide.body, body(installedApps));
  if (!("value" in found)) throw new Error(JSON.stringify(found.faults));
  const { slots } = await decide(found.value as DecisionRequest, FEED);
  const [slot] = slots;
  if (!slot || !("clickUrl" in slot)) throw new Error("no card");
  return slot;
}

test.each([
  ["no app", []],
  ["the marketplace's apps", ["tmall", "taobao"]],
  ["as many apps with names as long as the contract lets in", Array.from({ length: 20 }, (_, index) => `${index}`.padStart(64, "a"))],
])("the addresses of a decision open again for a viewer with %s", async (_name, apps) => {
  const { impressionUrl, clickUrl } = await addressesFor(apps);
  const tokenIn = (url: string) => url.split("/").at(-1) ?? "";
  expect(openToken(signer, "impression", tokenIn(impressionUrl), AT).card).toBe(`crd_${ULID}`);
  expect(openToken(signer, "click", tokenIn(clickUrl), AT)).toMatchObject({
    destination: { kind: "store", id: "9".repeat(20) },
    installedApps: apps.filter((app) => ["tmall", "taobao"].includes(app)),
  });
});

/** What the contract says of a value, and what the shape that is written by hand says: whether it fits, and where it does not. */
const verdicts = (value: unknown) => {
  const found = fromOutside(decisions.decide.body, value);
  const pointers = (faults: readonly { readonly field: string }[]) => new Set(faults.map(({ field }) => field));
  return { contract: pointers("faults" in found ? found.faults : []), shape: pointers(requestFaults(value)) };
};

test.each([
  ["no slot", { slots: 0 }],
  ["eleven slots", { slots: 11 }],
  ["half a slot", { slots: 1.5 }],
  ["no viewer's key", { viewer: { key: "", installedApps: [] } }],
  ["a key too long", { viewer: { key: "k".repeat(129), installedApps: [] } }],
  ["21 apps", { viewer: { key: "k", installedApps: Array(21).fill("a") } }],
  ["an app that is no name", { viewer: { key: "k", installedApps: ["a b"] } }],
  ["a field of its own", { ...body([]), brand: "brd_1" }],
])("a request with %s does not fit", (_name, over) => {
  const { contract, shape } = verdicts({ ...body([]), ...over });
  expect(contract.size).toBeGreaterThan(0);
  expect(shape).toEqual(contract);
});

test("one to ten slots fit", () => {
  for (let slots = 1; slots <= 10; slots++) expect(verdicts({ ...body([]), slots })).toEqual({ contract: new Set(), shape: new Set() });
});

describe("the shape of a request that is written by hand, beside the contract:", () => {
  const odd = fc.constantFrom<unknown>(null, true, false, 0, -1, 1, 11, 1.5, 1e21, "", "a", [], {}, [[]], "wechat-moments", ["a"], {
    a: 1,
  });
  /** Most often what is asked for. */
  const mostly = <T, U>(right: fc.Arbitrary<T>, other: fc.Arbitrary<U>) =>
    fc.oneof({ weight: 24, arbitrary: right }, { weight: 1, arbitrary: other });
  const nearly = <T>(right: fc.Arbitrary<T>) => mostly(right, odd);
  const slug = mostly(
    fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/),
    fc.constantFrom("a".repeat(64), "a".repeat(65), "-a", "a-", "A", "a b", "a\n", "", "é", "a--b"),
  );
  const text = mostly(
    anyText({ minLength: 1, maxLength: 128 }).map((any) => any.toWellFormed()),
    fc.constantFrom(
      "k".repeat(128),
      "k".repeat(129),
      "好".repeat(128),
      "🏮".repeat(128),
      "🏮".repeat(129),
      "🏮".repeat(128).concat("k"),
      "",
    ),
  );
  const json = <T>(of: fc.Arbitrary<T>) => nearly(of).map((each) => JSON.stringify(each));
  type Members = Record<string, fc.Arbitrary<string>>;
  /** An object's text, since only in a text `__proto__` is a member: all of the first, some of the second, now and then one too few or too many. */
  const objectText = (required: Members, optional: Members) => {
    const names = Object.keys(required);
    return fc
      .tuple(
        fc.record({ ...required, ...optional }, { requiredKeys: names }),
        fc.shuffledSubarray(names, { minLength: names.length }),
        mostly(fc.constant<string[]>([]), fc.subarray([...names], { minLength: 1, maxLength: 1 })),
        mostly(fc.constant(""), fc.constantFrom("brand", "__proto__", "constructor", "toString", "a/b", "~")),
      )
      .map(([all, order, without, more]) => {
        const kept = [...order, ...Object.keys(all).filter((name) => !names.includes(name))].filter((name) => !without.includes(name));
        return `{${[...kept.map((name) => `"${name}":${all[name]}`), ...(more === "" ? [] : [`"${more}":1`])].join(",")}}`;
      });
  };
  const others = (...values: readonly string[]) => fc.constantFrom(...values);
  const bodies = objectText(
    {
      surface: json(slug),
      slots: json(mostly(fc.integer({ min: 1, max: 10 }), fc.constantFrom(0, 11))),
      viewer: mostly(
        objectText(
          {
            key: json(text),
            installedApps: json(mostly(fc.array(nearly(slug), { maxLength: 4 }), fc.array(slug, { minLength: 19, maxLength: 22 }))),
          },
          {
            os: json(mostly(others("ios", "android", "harmonyos"), others("windows", "IOS", ""))),
            region: json(mostly(others("CN-SH", "CN-11", "US-C"), others("cn-sh", "CN", "CN-SHAN", "CN-SH\n"))),
            hostVersion: json(mostly(others("8.0.50", "8", "1.2.3.4", "99999"), others("1.2.3.4.5", "8.", "v8", "123456", "8\n"))),
            segments: json(mostly(fc.array(slug, { maxLength: 3 }), fc.array(slug, { minLength: 49, maxLength: 51 }))),
          },
        ),
        odd.map((each) => JSON.stringify(each)),
      ),
    },
    {
      session: json(
        mostly(
          others("s1", "s1.brd_1~beauty", "s1.a~b.c~d-e", `s1${".brd_1~beauty".repeat(20)}`),
          others("s1.", "s2", "s1.a", "s1.a~B", "", "s1.a~b\n", `s1${".brd_1~beauty".repeat(21)}`),
        ),
      ),
    },
  );

  test("both take the same values, and where one finds a fault the other finds it too", () => {
    const counts = { fits: 0, faulty: 0 };
    fc.assert(
      fc.property(bodies, (written) => {
        const { contract, shape } = verdicts(JSON.parse(written));
        expect(shape.size === 0).toBe(contract.size === 0);
        for (const pointer of shape) expect(contract).toContain(pointer);
        counts[shape.size === 0 ? "fits" : "faulty"]++;
      }),
      { numRuns: 5_000, seed: 618 },
    );
    expect(Math.min(counts.fits, counts.faulty)).toBeGreaterThan(500);
  });

  test("one fault alone is told of the same element by both", () => {
    const whole = { surface: "wechat-moments", slots: 1, viewer: { key: "v", installedApps: ["tmall", "taobao"] } };
    const places: readonly (readonly (string | number)[])[] = [
      [],
      ["surface"],
      ["slots"],
      ["viewer"],
      ["viewer", "key"],
      ["viewer", "installedApps"],
      ["viewer", "installedApps", 1],
      ["viewer", "os"],
      ["viewer", "region"],
      ["viewer", "hostVersion"],
      ["viewer", "segments"],
      ["session"],
    ];
    const put = (thing: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown => {
      if (step === undefined) return value;
      if (Array.isArray(thing)) return thing.with(step as number, put(thing[step as number], rest, value));
      const { [step]: inner, ...others } = thing as Record<string, unknown>;
      return value === undefined && rest.length === 0 ? others : { ...others, [step]: put(inner, rest, value) };
    };
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.oneof(odd, fc.constant(undefined)), (place, value) => {
        fc.pre(!(value === undefined && (place.length === 0 || typeof place.at(-1) === "number")));
        const { contract, shape } = verdicts(put(whole, place, value));
        expect(shape).toEqual(contract);
      }),
      { numRuns: 1_000, seed: 618 },
    );
  });

  test("however much is amiss, little is told of it", () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]));
    const worst = { ...many, viewer: { ...many, installedApps: Array(20).fill("A B") } };
    expect(requestFaults(worst).length).toBeLessThanOrEqual(50);
    expect(requestFaults({ ...body([]), viewer: { key: "k", installedApps: Array(10_000).fill("A B") } })).toHaveLength(1);
  });

  test("every fault has a code and words, and nothing of what was sent", () => {
    fc.assert(
      fc.property(bodies, (written) => {
        for (const { code, detail } of requestFaults(JSON.parse(written))) {
          expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
          expect(detail).toMatch(/^[A-Z][\w ,-]+\.$/);
        }
      }),
    );
  });
});

const EVENT = {
  routeKey: "POST /v1/decisions",
  headers: { authorization: "Bearer good", "content-type": "application/json" },
};
const CONTEXT = { awsRequestId: "req-1" } as never;
/** What the handler answers, and what was decided. */
const answered = async (by: ReturnType<typeof deciding>, text: string) => {
  let decided: Decided | undefined;
  const endpoint = decisionEndpoint({
    identify: () => FEED,
    decide: async (request, user) => {
      decided = await by(request, user);
      return decided;
    },
    now: () => AT,
    log: () => undefined,
  });
  return { ...(await endpoint({ ...EVENT, body: text }, CONTEXT)), decided };
};

describe("the reply, which is spliced from JSON made once, beside the contract:", () => {
  /** The reply as the contract encodes it. */
  const structured = ({ slots, ...head }: Decided) =>
    toWire(decisions.decide.reply, {
      ...head,
      slots: slots.map((slot) => {
        if ("noAd" in slot) return empty(slot);
        const { placement, ...rest } = slot;
        return { ...sightOf(placement), ...rest };
      }),
    });
  /** What JSON, HTML or JavaScript escape, and what is more than one unit long. */
  const awkward = fc.constantFrom('"', "\\", '\\"', "\u2028", "\u2029", "</script>", "🏮", "\n", "\u0000", "'", "${x}", "\ud83c\udfee");
  const words = fc
    .array(fc.oneof(awkward, anyText({ maxLength: 5 })), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join("").toWellFormed());
  /** As names and offers are kept. */
  const plain = fc.stringMatching(/^[\p{Script=Han}a-z"'\\&<>]{1,20}$/u).map(tidy);
  const named = fc.record({ zh: plain, en: plain });
  const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });
  const window = fc.tuple(instant, fc.integer({ min: 1, max: 1_000_000 })).map(([opensAt, ms]) => ({ opensAt, closesAt: opensAt + ms }));
  const fen = fc.nat(10_000_000_000);
  const faces = fc.array(
    fc.record({
      storeName: named,
      text: fc.dictionary(fc.constantFrom("text", "title", "description"), words),
      callToAction: words,
      offer: fc.option(fc.record({ text: plain, price: fen, salePrice: fen, validity: fc.option(window) })),
      seasonMark: fc.option(words),
      images: fc.array(fc.constant(image()), { maxLength: 2 }),
      destination: fc.record({ kind: fc.constantFrom("store" as const, "item" as const), id: fc.stringMatching(/^[1-9][0-9]{0,19}$/) }),
    }),
    { maxLength: 4 },
  );

  test("its JSON is what the contract encodes, member by member, whatever the cards say", async () => {
    const counts = { cards: 0, empty: 0 };
    await fc.assert(
      fc.asyncProperty(faces, words, named, fc.integer({ min: 1, max: 6 }), async (all, category, label, slots) => {
        const cards = all.map((face, index) => servedCard({ id: `crd_${index}`, campaign: `cmp_${index}`, ...face }));
        const by = deciding(cards, { category }, label);
        for (const _once of ["made", "from what was made"]) {
          const { body: text = "", decided, ...response } = await answered(by, JSON.stringify({ ...body(["tmall"]), slots }));
          if (!decided) throw new Error("nothing was decided");
          expect(response.statusCode).toBe(200);
          expect(JSON.parse(text)).toEqual(structured(decided));
          expect(text).toBe(JSON.stringify(JSON.parse(text)));
          const read = fromWire(decisions.decide.reply, JSON.parse(text));
          expect(read.slots).toHaveLength(slots);
          expect(read).toMatchObject({ id: decided.id, decidedAt: AT, snapshot: 1, switches: 0 });
          for (const slot of read.slots) counts["card" in slot ? "cards" : "empty"]++;
        }
      }),
      { numRuns: 300, seed: 618 },
    );
    expect(Math.min(counts.cards, counts.empty)).toBeGreaterThan(200);
  });

  test("a card's texts come out as they went in", async () => {
    const text = { title: 'He said: "50\\%"\u2028 </script> 🏮' };
    const { body: json = "" } = await answered(deciding([{ ...CARD, text }]), JSON.stringify(body([])));
    expect(JSON.parse(json).slots[0].card.text).toEqual(text);
  });

  test("others that a card names are told of it, with the ids of this showing and of no other", async () => {
    const monitoring = {
      impression: ["https://told.example/i?id=__IMPRESSION_ID__&card=__CARD_ID__&at=__CLICK_TIME__"],
      click: ["https://told.example/c?click=__CLICK_ID__"],
    };
    const told = async () => {
      const { body: json = "", decided } = await answered(deciding([{ ...CARD, monitoring }]), JSON.stringify(body([])));
      if (!decided) throw new Error("nothing was decided");
      expect(JSON.parse(json)).toEqual(structured(decided));
      const [slot] = JSON.parse(json).slots;
      expect(slot.card).not.toHaveProperty("monitoring");
      return { ...slot.monitoring, id: decided.id };
    };
    const { impression, click, id } = await told();
    expect(impression).toEqual([`https://told.example/i?id=${eventIds("impression", id, 0)}&card=${CARD.id}&at=`]);
    expect(click).toEqual([`https://told.example/c?click=${eventIds("click", id, 0)}`]);
    const { body: none = "" } = await answered(decide, JSON.stringify(body([])));
    expect(JSON.parse(none).slots[0]).not.toHaveProperty("monitoring");
  });

  test("where a card may be shown, where it leads and what it weighs is not said", async () => {
    const { body: json = "" } = await answered(decide, JSON.stringify(body([])));
    const [{ card }] = JSON.parse(json).slots;
    expect(Object.keys(card)).toEqual(expect.arrayContaining(["id", "campaign", "category", "label", "text"]));
    for (const hidden of ["window", "weight", "destination"]) expect(card).not.toHaveProperty(hidden);
  });

  test("without anything fresh it says so, and encodes as the contract does", async () => {
    const { body: json = "", decided } = await answered(deciding(undefined), JSON.stringify({ ...body([]), slots: 2 }));
    if (!decided) throw new Error("nothing was decided");
    expect(JSON.parse(json)).toEqual(structured(decided));
    expect(decided).toMatchObject({ snapshot: null, switches: null, slots: [{ noAd: "technical-error" }, { noAd: "technical-error" }] });
  });
});

describe("a request's text", () => {
  const statusOf = async (text: string) => (await answered(decide, text)).statusCode;

  test("may have white space about it, up to what any body may have", async () => {
    const text = JSON.stringify(body(["tmall"]));
    expect(await statusOf(` \n${text.replaceAll(":", " : ")} \n`)).toBe(200);
    expect(await statusOf(text.padEnd(20_000))).toBe(200);
    expect(await statusOf(text.padEnd(64 * 1024))).toBe(200);
    expect(await statusOf(text.padEnd(64 * 1024 + 1))).toBe(413);
  });

  test.each([
    ["nothing", "", 400, "not-json"],
    ["no JSON", "{", 400, "not-json"],
    ["a value that is no object", "7", 400, "invalid-request"],
    ["null", "null", 400, "invalid-request"],
    ["brackets within brackets", `${"[".repeat(9)}${"]".repeat(9)}`, 400, "body-too-deep"],
    ["a broken character", JSON.stringify({ ...body([]), viewer: { key: "\ud83c", installedApps: [] } }), 400, "broken-text"],
    ["more than any body may be", JSON.stringify(body([])).padEnd(100_000), 413, "body-too-large"],
  ])("that is %s is refused as it is everywhere", async (_name, text, status, code) => {
    const { statusCode, body: problem = "" } = await answered(decide, text);
    expect({ statusCode, code: JSON.parse(problem).code }).toEqual({ statusCode: status, code });
  });
});
