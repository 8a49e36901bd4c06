import { describe, expect, test } from "@jest/globals";
import { type CardForm, lint, submitCard } from "../../../lib/domain/card.ts";
import type { Surface } from "../../../lib/domain/surface.ts";
import { campaign, cardForm, clauses, frozen, grant, image, NAMES, OPENING, PARTIES, refusalOf, season, surface } from "./fixtures.ts";

const SETTING = { campaign: campaign(), season: season(), storeName: NAMES, surface };
const submit = (over: Partial<CardForm> = {}, given = [grant()], at = OPENING) =>
  submitCard(cardForm(over), { ...SETTING, grants: given, id: "crd_1", by: "ann", at });

describe("submitting", () => {
  test("a card that keeps the limits waits for the host and leads to the granted store", () => {
    expect(submit()).toEqual({
      ...cardForm(),
      ...PARTIES,
      destination: { kind: "store", id: "990000000001" },
      id: "crd_1",
      season: "618-2024",
      storeName: NAMES,
      surface: "wechat-moments",
      status: "pending",
      submittedBy: "ann",
      submittedAt: OPENING,
      decidedBy: null,
      decidedAt: null,
      feedback: [],
      version: 1,
    });
  });

  test("a card for an item leads to that item", () => {
    expect(submit({ destination: { kind: "item", itemId: "42" } }).destination).toEqual({ kind: "item", id: "42" });
  });

  test("a grant is needed, and is over the guard band before it expires", () => {
    const parties = { ...SETTING, grants: [], id: "crd_1", by: "ann", at: OPENING };
    expect(refusalOf(() => submitCard(cardForm(), parties))).toEqual({ code: "not-granted", reasons: [] });
    expect(refusalOf(() => submit({}, [grant({ expiresAt: OPENING + 250 })]))).toEqual({ code: "not-granted", reasons: [] });
    expect(submit({}, [grant({ expiresAt: OPENING + 251 })]).status).toBe("pending");
  });

  test("a template outside the grant is refused with those inside it", () => {
    const { code, reasons } = refusalOf(() => submit({}, [grant({ templates: ["450", "showcase"] })]));
    expect(code).toBe("card-not-acceptable");
    expect(reasons).toEqual([{ code: "template-not-granted", field: "/template", detail: "The grant names 450, showcase." }]);
  });

  test.each(["suspended", "revoked"] as const)(
    "a %s grant is none; of several, the one that is current and names the template counts",
    (state) => {
      const other = grant({ id: "grt_2", templates: ["450"], storeId: "2" });
      expect(refusalOf(() => submit({}, [grant({ state })])).code).toBe("not-granted");
      expect(refusalOf(() => submit({}, [grant({ state }), other])).code).toBe("card-not-acceptable");
      expect(submit({}, [other, grant({ id: "grt_3", storeId: "3" })]).destination).toEqual({ kind: "store", id: "3" });
    },
  );

  test("faults of the grant and of the card are told together", () => {
    const { reasons } = refusalOf(() => submit({ text: {}, callToAction: "买" }, [grant({ templates: ["450"] })]));
    expect(clauses(reasons)).toEqual([
      "template-not-granted /template",
      "text-too-short /text/title",
      "call-to-action-unknown /callToAction",
    ]);
  });
});

describe("lint", () => {
  const CASES: readonly [name: string, over: Partial<CardForm>, found: readonly string[]][] = [
    ["an unknown template, and nothing else of it", { template: "999", text: {}, images: [] }, ["template-unknown /template Known: 310."]],
    ["an unknown text", { text: { title: "新品", subtitle: "x" } }, ["text-unknown /text/subtitle Template 310 has no such text."]],
    [
      "a text by the name of something every object has",
      { text: { title: "新品", constructor: "x" } },
      ["text-unknown /text/constructor Template 310 has no such text."],
    ],
    ["a missing text", { text: {} }, ["text-too-short /text/title 2 to 4 wide characters (one Latin letter is a half); this has 0."]],
    [
      "a short text",
      { text: { title: "新a" } },
      ["text-too-short /text/title 2 to 4 wide characters (one Latin letter is a half); this has 1.5."],
    ],
    ["a text of the least length", { text: { title: "abcd" } }, []],
    ["a text of the most length", { text: { title: "新品上市" } }, []],
    [
      "a long text",
      { text: { title: "新品上市a" } },
      ["text-too-long /text/title 2 to 4 wide characters (one Latin letter is a half); this has 4.5."],
    ],
    ["a forbidden text", { text: { title: "领红包" } }, ["text-host-word /text/title Not the host's words."]],
    ["a forbidden text in capitals", { text: { title: "WeiXin" } }, ["text-host-word /text/title Not the host's words."]],
    [
      "a forbidden text in full-width letters",
      { offer: { text: "ｗｅｉｘｉｎ", price: 2, salePrice: 1, validity: null } },
      ["text-host-word /offer/text Not the host's words."],
    ],
    ["an unknown call to action", { callToAction: "去逛逛 " }, ["call-to-action-unknown /callToAction Known: 去逛逛."]],
    ["an offer one fen below its price", { offer: { text: "减", price: 100, salePrice: 99, validity: null } }, []],
    [
      "an offer at its price",
      { offer: { text: "减", price: 100, salePrice: 100, validity: null } },
      ["offer-no-discount /offer/salePrice The sale price has to be below the price."],
    ],
    [
      "an offer above its price",
      { offer: { text: "减", price: 100, salePrice: 101, validity: null } },
      ["offer-no-discount /offer/salePrice The sale price has to be below the price."],
    ],
    ["no image", { images: [] }, ["image-count /images 1 of role main; this has 0."]],
    ["an image too many", { images: [image(), image()] }, ["image-count /images 1 of role main; this has 2."]],
    [
      "an image in no role of the template",
      { images: [image(), image({ role: "head" })] },
      ["image-role-unknown /images/1/role Template 310 has no such image."],
    ],
    ["an image 1 pixel too wide", { images: [image({ width: 641 })] }, ["image-size /images/0 640 × 800 pixels."]],
    ["an image 1 pixel too narrow", { images: [image({ width: 639 })] }, ["image-size /images/0 640 × 800 pixels."]],
    ["an image 1 pixel too high", { images: [image({ height: 801 })] }, ["image-size /images/0 640 × 800 pixels."]],
    ["an image turned on its side", { images: [image({ width: 800, height: 640 })] }, ["image-size /images/0 640 × 800 pixels."]],
    ["an image of the most bytes", { images: [image({ bytes: 1_000 })] }, []],
    ["an image 1 byte too heavy", { images: [image({ bytes: 1_001 })] }, ["image-bytes /images/0/bytes At most 1000 bytes."]],
    ["an image of another type", { images: [image({ type: "image/jpeg" })] }, ["image-type /images/0/type One of image/png."]],
    [
      "an image with every fault",
      { images: [image({ width: 1, bytes: 1_001, type: "image/jpeg" })] },
      [
        "image-size /images/0 640 × 800 pixels.",
        "image-bytes /images/0/bytes At most 1000 bytes.",
        "image-type /images/0/type One of image/png.",
      ],
    ],
  ];

  test.each(CASES)("finds of %s: the code, the element and the limit", (_name, over, found) => {
    expect(lint(cardForm(over), surface).map(({ code, field, detail }) => `${code} ${field} ${detail}`)).toEqual(found);
  });

  test("a text the template may go without can be absent", () => {
    const [template] = surface.templates;
    const optional = { ...surface, templates: [{ ...template, text: { title: { min: 0, max: 4 } } }] } as Surface;
    expect(lint(cardForm({ text: {} }), optional)).toEqual([]);
  });

  test("it is the same every time it is asked, and writes into nothing", () => {
    const given = frozen(cardForm({ text: { title: "红包" } }));
    expect([1, 2, 3].map(() => clauses(lint(given, surface)))).toEqual(Array(3).fill(["text-host-word /text/title"]));
  });
});
