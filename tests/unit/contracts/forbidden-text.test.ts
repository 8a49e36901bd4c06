import { describe, expect, test } from "@jest/globals";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import type { CardForm } from "../../../lib/domain/card.ts";
import { faceFaults as lint } from "../../../lib/domain/card-lint.ts";
import type { Surface } from "../../../lib/domain/surface.ts";
import { comparable } from "../../../lib/domain/text.ts";
import cardsFile from "../../../resources/sample/cards.json" with { type: "json" };

const moments = shippedCatalogue().surface("wechat-moments") as Surface;

/** The rules a text breaks, as `lint` reads them: as written, and in its plain spelling. */
const broken = (text: string) =>
  moments.forbiddenText.filter(({ pattern }) => pattern.test(text) || pattern.test(comparable(text))).map(({ code }) => code);

const SAMPLES: Readonly<Record<string, { refused: readonly string[]; allowed: readonly string[] }>> = {
  url: {
    refused: ["见 https://a.example", "http：a", "www.tmall", "tmall.com", "TMALL．ＣＯＭ", "ｔｍａｌｌ。ｃｏｍ", "a.cn 见", "shop.vip"],
    allowed: ["版本3.0上新", "满300减50。好物", "a.company", "www", "comfort"],
  },
  phone: {
    refused: [
      "13800138000",
      "138 0013 8000",
      "138-0013-8000",
      "１３８００１３８０００",
      "0571-88888888",
      "400-800-1234",
      "800 810 8888",
      "拨打",
      "客服电话",
    ],
    allowed: ["立减1380", "满12800减100", "120000000000", "990000000001", "13800138000123"],
  },
  "host-word": {
    refused: ["朋友圈", "微信", "领红包", "WeChat", "ＷＥＣＨＡＴ", "weixin", "扫一扫"],
    allowed: ["朋友", "红色礼包", "we chat", "信任"],
  },
  inducement: {
    refused: ["点击购买", "转发", "长按", "Click Here", "ｃｌｉｃｋ　ｈｅｒｅ", "关注我们"],
    allowed: ["一点心意", "值得关注", "click", "长裙"],
  },
  "em-dash": { refused: ["好物——", "a\u2014b", "a--b", "a－－b"], allowed: ["a-b", "7-9折", "一"] },
  emoji: { refused: ["好物😀", "❤️", "🇨🇳", "⌚"], allowed: ["好物", "618", "©", "①"] },
  "special-symbol": {
    refused: ["★好物", "好物→", ":)", ":-(", "-_-", "：）", "（✓）"],
    allowed: ["（限量）", "买一送一！", "7-9折", "全天：（20:00起）"],
  },
  "absolute-term": {
    refused: ["最好", "全网最低", "第一品牌", "国家级", "Best", "ｂｅｓｔ", "No. 1", "number one"],
    allowed: ["最近", "最后一天", "最初", "第一波", "第一天", "bestow", "no. 12"],
  },
};

test("every rule has samples, and every sample a rule", () => {
  expect(Object.keys(SAMPLES)).toEqual(moments.forbiddenText.map(({ code }) => code));
});

describe.each(Object.entries(SAMPLES))("%s", (code, { refused, allowed }) => {
  test.each(refused)("refuses %s", (text) => {
    expect(broken(text)).toContain(code);
  });

  test.each(allowed)("lets %s pass", (text) => {
    expect(broken(text)).not.toContain(code);
  });
});

/** What is left of a pattern without escapes and character classes: its operators. */
const operators = (pattern: RegExp) =>
  pattern.source.replaceAll(/\\[pP]\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\./g, "x").replaceAll(/\[[^\]]*\]/g, "x");

describe("each rule takes linear time: a match from one place looks at a bounded number of characters, since nothing repeats without end", () => {
  test.each(moments.forbiddenText.map(({ code, pattern }) => [code, pattern] as const))("%s", (_code, pattern) => {
    expect(operators(pattern)).not.toMatch(/[*+]|\{\d+,\}/);
    expect(pattern.flags).toBe("iu");
  });

  test("the test of it sees repetition where there is some", () => {
    expect(operators(/(?:a|b)*[c+]\*/)).toMatch(/[*+]/);
    expect(operators(/\p{Nd}{2,}/u)).toMatch(/\{\d+,\}/);
    expect(operators(/[*+]\+\p{Nd}{2,3}/u)).not.toMatch(/[*+]|\{\d+,\}/);
  });

  test.each(["1", "0571 ", "138 ", "-", ":-", "a.", "w", "最近", "第一", "number on", "400-800-"])("100 kB of %j end", (part) => {
    expect(() => broken(part.repeat(100_000 / part.length))).not.toThrow();
  });
});

test("the sample's cards are clean", () => {
  for (const { brand, ...card } of cardsFile.cards)
    expect({
      brand,
      faults: lint({ ...(card as unknown as CardForm), images: [], campaign: "cmp_1" }, moments, []).filter(
        ({ code }) => code !== "image-count",
      ),
    }).toEqual({ brand, faults: [] });
  expect(cardsFile.cards.length).toBeGreaterThan(0);
});

test("a card of each template at its limits is clean, and one beyond is told", () => {
  for (const template of moments.templates) {
    const images = template.images.flatMap(({ role, count, width, height, maxBytes, types }) =>
      Array.from({ length: count }, () => ({
        role,
        width,
        height,
        bytes: maxBytes,
        type: types[0] ?? "image/png",
      })),
    );
    const stored = (extra: number) =>
      images.map((image, index) => ({ ...image, bytes: image.bytes + extra, sha256: String(index).repeat(64) }));
    const of = (extra: number): CardForm => ({
      campaign: "cmp_1",
      template: template.id,
      text: Object.fromEntries(Object.entries(template.text).map(([name, { max }]) => [name, "新".repeat(max + extra)])),
      offer: null,
      callToAction: moments.callsToAction[0] ?? "",
      images: stored(extra).map(({ role, sha256 }) => ({ role, sha256 })),
      destination: { kind: "store" },
      seasonMark: null,
      monitoring: null,
      weight: 100,
      window: null,
    });
    expect(lint(of(0), moments, stored(0))).toEqual([]);
    const codes = lint(of(1), moments, stored(1)).map(({ code }) => code);
    expect(codes.filter((code) => code === "text-too-long")).toHaveLength(Object.keys(template.text).length);
    expect(codes.filter((code) => code === "image-bytes")).toHaveLength(images.length);
  }
});
