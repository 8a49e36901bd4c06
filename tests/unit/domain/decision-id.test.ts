import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { hmacSigner } from "../../../lib/deps/signer.ts";
import type { SlotAnswer } from "../../../lib/domain/decision.ts";
import { answersOf, type DecisionFacts, mintDecisionId, openDecisionId } from "../../../lib/domain/decision-id.ts";
import { type Held, type HoldReason, holdingBack, noting } from "../../../lib/domain/held.ts";
import { aimAt } from "../../../lib/domain/kill-switch.ts";
import { appsThatMatter, pointThatMatters, type Serving } from "../../../lib/domain/serving.ts";
import { servingIndex } from "../../../lib/domain/serving-index.ts";
import { refusalOf } from "./fixtures.ts";
import { instants, START, servings } from "./servings.ts";

const signer = hmacSigner("k1:0123456789abcdef0123456789abcdef");
const other = hmacSigner("k1:fedcba9876543210fedcba9876543210");
const word = fc.integer({ min: 0, max: 0xffffffff });
const slug = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
const reason = fc.constantFrom<HoldReason>("unmatched-viewer", "competitive-separation");
const facts: fc.Arbitrary<DecisionFacts> = fc.record({
  at: fc.nat(8_640_000_000_000_000),
  surface: slug,
  slots: fc.integer({ min: 1, max: 10 }),
  seed: fc.tuple(word, word),
  point: fc.nat(9_999),
  apps: fc.uniqueArray(slug, { maxLength: 3 }),
  versions: fc.option(fc.record({ snapshot: fc.nat(), switches: fc.nat(), shares: fc.nat() })),
  withheld: fc.uniqueArray(fc.nat(), { maxLength: 20 }),
  held: fc
    .array(fc.tuple(fc.stringMatching(/^[0-9]-[a-z0-9]{1,3}-[a-z0-9]{1,3}$/), reason), { maxLength: 20 })
    .map((each): Held => new Map(each)),
});
const FACTS: DecisionFacts = {
  at: START,
  surface: "wechat-moments",
  slots: 3,
  seed: [1, 2],
  point: 618,
  apps: [],
  versions: { snapshot: 12, switches: 3, shares: 7 },
  withheld: [],
  held: new Map(),
};

describe("a decision's id", () => {
  test("says again what was written into it", () => {
    fc.assert(fc.property(facts, (each) => expect(openDecisionId(signer, mintDecisionId(signer, each))).toEqual(each)));
  });

  test("is an address's text and no longer than it has to be", () => {
    const id = mintDecisionId(signer, { ...FACTS, at: Date.UTC(2030, 10, 11), seed: [0xffffffff, 0xffffffff] });
    expect(id).toMatch(/^dec_v4\.[\w.~-]+$/);
    expect(id.length).toBeLessThan(120);
    expect(id).not.toContain("#");
  });

  test("says which keys were held back as long as they are few, and otherwise that it does not say", () => {
    const withheld = Array.from({ length: 41 }, (_, n) => 36 ** 4 - 1 - n);
    const longest: DecisionFacts = {
      ...FACTS,
      at: Date.UTC(2030, 10, 11),
      surface: "s".repeat(64),
      versions: { snapshot: 999_999_999, switches: 999_999_999, shares: 999_999_999 },
      seed: [0xffffffff, 0xffffffff],
      apps: ["tmall", "taobao"],
      withheld: withheld.slice(0, 40),
    };
    expect(openDecisionId(signer, mintDecisionId(signer, longest))).toEqual(longest);
    expect(openDecisionId(signer, mintDecisionId(signer, { ...longest, withheld }))).toEqual({ ...longest, withheld: null });
  });

  test("says what was held back from the viewer as long as it is little, and otherwise that it does not say", () => {
    const held = new Map(Array.from({ length: 21 }, (_, n) => [`9-zzz-zz${n.toString(36)}`, "competitive-separation" as const]));
    const few = new Map([...held].slice(0, 20));
    expect(openDecisionId(signer, mintDecisionId(signer, { ...FACTS, held: few })).held).toEqual(few);
    expect(openDecisionId(signer, mintDecisionId(signer, { ...FACTS, held })).held).toBeNull();
  });

  test("that says as much as one can is still opened", () => {
    const longest: DecisionFacts = {
      at: Date.UTC(2030, 10, 11),
      surface: "s".repeat(64),
      slots: 10,
      seed: [0xffffffff, 0xffffffff],
      point: 9_999,
      apps: ["tmall", "taobao"],
      versions: { snapshot: 999_999_999, switches: 999_999_999, shares: 999_999_999 },
      withheld: Array.from({ length: 40 }, (_, n) => 36 ** 4 - 1 - n),
      held: new Map(Array.from({ length: 20 }, (_, n) => [`9-zzz-zz${n.toString(36)}`, "competitive-separation" as const])),
    };
    expect(openDecisionId(signer, mintDecisionId(signer, longest))).toEqual(longest);
  });

  test("that is altered anywhere, cut or grown is not found", () => {
    const id = mintDecisionId(signer, FACTS);
    fc.assert(
      fc.property(fc.nat(id.length - 1), fc.constantFrom(..."abcXYZ019.-_~"), (index, letter) => {
        if (letter === id[index]) return;
        for (const forged of [
          id.slice(0, index) + letter + id.slice(index + 1),
          id.slice(0, index),
          `${id.slice(0, index)}${letter}${id.slice(index)}`,
        ])
          if (forged !== id) expect(refusalOf(() => openDecisionId(signer, forged)).code).toBe("not-found");
      }),
      { numRuns: 500 },
    );
  });

  test("that another key signed, or that is no id of ours, is not found", () => {
    for (const id of [mintDecisionId(other, FACTS), "", "dec_", "dec_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x".repeat(600), ".".repeat(12)])
      expect(refusalOf(() => openDecisionId(signer, id)).code).toBe("not-found");
  });

  test("of a decision that drew otherwise is of another form, and not found", () => {
    const id = mintDecisionId(signer, FACTS);
    const signedAs = (form: string) => {
      const head = id.slice(0, id.lastIndexOf(".")).replace("dec_v4", form);
      return `${head}.${signer.sign(head)}`;
    };
    expect(openDecisionId(signer, signedAs("dec_v4"))).toEqual(FACTS);
    for (const form of ["dec_v1", "dec_v3", "dec_v5", "dec_"])
      expect(refusalOf(() => openDecisionId(signer, signedAs(form))).code).toBe("not-found");
  });
});

describe("a decision made again from its id", () => {
  const without = ({ ...answer }: SlotAnswer) => JSON.stringify(answer);

  test("answers the same, card or none, whatever it was made from", () => {
    let filled = 0;
    let empty = 0;
    let heldBack = 0;
    fc.assert(
      fc.property(
        servings,
        fc.noBias(instants),
        fc.integer({ min: 1, max: 10 }),
        fc.tuple(word, word),
        fc.boolean(),
        fc.func(fc.constantFrom<(HoldReason | null)[]>(null, null, null, "unmatched-viewer", "competitive-separation")),
        (serving, at, slots, seed, isFresh, holdsOf) => {
          const usable: Serving | undefined = isFresh ? serving : undefined;
          const made: DecisionFacts = {
            at,
            surface: "wechat-moments",
            slots,
            seed,
            point: usable ? pointThatMatters(usable, at, () => 4_999) : 0,
            apps: usable ? appsThatMatter(usable, ["tmall", "unheard-of"]) : [],
            versions: usable ? { snapshot: 1, switches: 1, shares: 1 } : null,
            withheld: [],
            held: new Map(),
          };
          const liveBy = (each: Serving | undefined) => each && servingIndex(each)(at);
          const { holds, held } = noting(({ season, brand, campaign }, { length }) =>
            holdsOf(`${season.id} ${brand} ${campaign.id} ${length}`),
          );
          const once = answersOf(made, liveBy(usable), holds);
          const told = openDecisionId(signer, mintDecisionId(signer, { ...made, held }));
          if (told.held === null) {
            expect(held.size).toBeGreaterThan(20);
            return;
          }
          const again = answersOf(told, liveBy(usable && structuredCloneOf(usable)), holdingBack(told.held));
          if (held.size > 0) heldBack++;
          expect(again.map(without)).toEqual(once.map(without));
          filled += once.filter((answer) => "placement" in answer).length;
          empty += once.filter((answer) => "noAd" in answer).length;
        },
      ),
      { numRuns: 1_000, seed: 618 },
    );
    expect(Math.min(filled, empty, heldBack)).toBeGreaterThan(50);
  });

  const structuredCloneOf = ({ snapshot, switches }: Serving): Serving => ({
    snapshot: structuredClone(snapshot),
    switches: structuredClone(switches).toReversed(),
  });
});

test("a viewer's apps are in it only where a switch on links makes them matter, and then only those a link could need", () => {
  const linkSwitch = { id: "swt", owner: "wechat", level: "link-kind", aim: aimAt({ host: "wechat", linkKind: "web" }) } as const;
  fc.assert(
    fc.property(servings, (serving) => {
      const apps = ["taobao", "a-bank", "tmall"];
      expect(appsThatMatter({ ...serving, switches: [] }, apps)).toEqual([]);
      expect(appsThatMatter({ ...serving, switches: [linkSwitch] }, apps)).toEqual(["tmall", "taobao"]);
    }),
    { numRuns: 20 },
  );
});
